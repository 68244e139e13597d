using WsCluster.Gateway.Subscriptions.Derived;

namespace WsCluster.Tests.Unit.Derived;

/// <summary>When a connection counts as slow, and when as fast again.</summary>
public sealed class LagRuleTests
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LagRule _rule = new(slowBytes: 1000, mostBytes: 4000, calm: TimeSpan.FromSeconds(2));
    private Lag _lag;

    [Theory]
    [InlineData(1000, 0, false)]
    [InlineData(1001, 0, true)]
    [InlineData(0, 4000, false)]
    [InlineData(0, 4001, true)]
    [InlineData(900, 3101, true)]
    public void IsSlow_ByQueueOrByWhatMayComeToIt(long queued, long waiting, bool slow) => Assert.Equal(slow, _rule.IsSlow(queued, waiting));

    [Fact]
    public void CatchesUp_OnlyAfterTheQueueWasShortForTheWholeTime()
    {
        _rule.FellBehind(ref _lag, Start);

        Assert.False(_rule.CatchesUp(ref _lag, 251, Start.AddSeconds(10))); // not a quarter yet
        Assert.False(_rule.CatchesUp(ref _lag, 250, Start.AddSeconds(11)));
        Assert.False(_rule.CatchesUp(ref _lag, 0, Start.AddSeconds(12.9)));
        Assert.True(_rule.CatchesUp(ref _lag, 0, Start.AddSeconds(13)));
    }

    [Fact]
    public void CatchesUp_LongAgainMeanwhile_CountsAnew()
    {
        _rule.FellBehind(ref _lag, Start);

        Assert.False(_rule.CatchesUp(ref _lag, 0, Start));
        Assert.False(_rule.CatchesUp(ref _lag, 300, Start.AddSeconds(1.9)));
        Assert.False(_rule.CatchesUp(ref _lag, 0, Start.AddSeconds(2)));
        Assert.False(_rule.CatchesUp(ref _lag, 0, Start.AddSeconds(3.9)));
        Assert.True(_rule.CatchesUp(ref _lag, 0, Start.AddSeconds(4)));
    }

    [Fact]
    public void FellBehind_SoonAgain_WaitsTwiceAsLongUpToAMinute()
    {
        var now = Start;
        double[] waits = [2, 4, 8, 16, 32, 60, 60];
        foreach (var wait in waits)
        {
            _rule.FellBehind(ref _lag, now);
            Assert.False(_rule.CatchesUp(ref _lag, 0, now));
            Assert.False(_rule.CatchesUp(ref _lag, 0, now.AddSeconds(wait - 0.1)));
            Assert.True(_rule.CatchesUp(ref _lag, 0, now.AddSeconds(wait)));
            now = now.AddSeconds(wait + 1);
        }
    }

    [Fact]
    public void FellBehind_LongAfter_WaitsAsAtFirst()
    {
        _rule.FellBehind(ref _lag, Start);
        _rule.CatchesUp(ref _lag, 0, Start);
        Assert.True(_rule.CatchesUp(ref _lag, 0, Start.AddSeconds(2)));

        _rule.FellBehind(ref _lag, Start.AddMinutes(5));

        _rule.CatchesUp(ref _lag, 0, Start.AddMinutes(5));
        Assert.True(_rule.CatchesUp(ref _lag, 0, Start.AddMinutes(5).AddSeconds(2)));
    }
}
