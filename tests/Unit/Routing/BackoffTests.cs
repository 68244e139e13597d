using WsCluster.Gateway.Routing;

namespace WsCluster.Tests.Unit.Routing;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 50)]
    [InlineData(1, 100)]
    [InlineData(5, 1_600)]
    [InlineData(6, 2_000)]
    [InlineData(1_000, 2_000)]
    [InlineData(int.MaxValue, 2_000)]
    public void Delay_AnyAttempt_IsAQuarterToTheWholeOfItsCeiling(int attempt, int ceilingMilliseconds)
    {
        var ceiling = TimeSpan.FromMilliseconds(ceilingMilliseconds);
        var delays = Enumerable.Range(0, 200).Select(_ => Backoff.Delay(attempt)).ToList();

        Assert.All(delays, delay => Assert.InRange(delay, ceiling / 4, ceiling));
        Assert.True(delays.Distinct().Count() > 1);
    }
}
