using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Unit.Subscriptions;

public sealed class TtlTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    [Theory]
    [InlineData(-1_000, 0u)]
    [InlineData(0, 0u)]
    [InlineData(1, 1u)]
    [InlineData(1_000, 1u)]
    [InlineData(1_001, 2u)]
    public void Seconds_TimeLeft_IsRoundedUp(int milliseconds, uint expected) =>
        Assert.Equal(expected, Ttl.Seconds(Now + TimeSpan.FromMilliseconds(milliseconds), Now));

    [Fact]
    public void Seconds_MoreThanAYear_IsAYear() => Assert.Equal(31_536_000u, Ttl.Seconds(DateTimeOffset.MaxValue, Now));

    [Fact]
    public void Seconds_Never_IsZero() => Assert.Equal(0u, Ttl.Seconds(null, Now));
}
