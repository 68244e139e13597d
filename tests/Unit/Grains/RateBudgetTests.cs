using Microsoft.Extensions.Time.Testing;
using WsCluster.Grains.Limits;

namespace WsCluster.Tests.Unit.Grains;

/// <summary>What a shared rate gives, and when.</summary>
public sealed class RateBudgetTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public void Take_AtFirst_GivesABurstAndThenNothing()
    {
        var budget = new RateBudget(_time);

        Assert.Equal((60, TimeSpan.Zero), budget.Take(60, perSecond: 100));
        Assert.Equal((40, TimeSpan.Zero), budget.Take(60, perSecond: 100));
        Assert.Equal((0, TimeSpan.FromMilliseconds(10)), budget.Take(1, perSecond: 100));
    }

    [Fact]
    public void Take_WhenItSaysSo_GivesMore()
    {
        var budget = new RateBudget(_time);
        budget.Take(3, perSecond: 3);
        var (_, retryAfter) = budget.Take(1, perSecond: 3);
        _time.Advance(retryAfter);

        Assert.Equal(1, budget.Take(10, perSecond: 3).Amount);
    }

    [Fact]
    public void Take_AfterALongTime_GivesOneBurst()
    {
        var budget = new RateBudget(_time);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(100, budget.Take(1000, perSecond: 100).Amount);
    }

    [Theory, InlineData(1), InlineData(7), InlineData(1000), InlineData(1_000_000)]
    public void Take_AllTheTime_GivesTheRateAndNoMore(int perSecond)
    {
        var budget = new RateBudget(_time);
        var random = new Random(perSecond);
        long taken = 0;
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(20);)
        {
            taken += budget.Take(random.Next(1, perSecond + 1), perSecond).Amount;
            var step = TimeSpan.FromMilliseconds(random.Next(1, 60));
            _time.Advance(step);
            passed += step;
        }

        Assert.InRange(taken, 20L * perSecond - perSecond, 21L * perSecond);
    }
}
