using WsCluster.Gateway.Limits;

namespace WsCluster.Tests.Unit.Limits;

public sealed class RateGateTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly long _start = new DateTime(2026, 1, 1).Ticks;

    [Fact]
    public void Take_WithinTheBurst_WaitsForNothing() => Assert.Equal(TimeSpan.Zero, new RateGate().Take(_start, 10, perSecond: 10, Second));

    [Fact]
    public void Take_BeyondTheBurst_WaitsForWhatIsTooMuch()
    {
        var gate = new RateGate();
        gate.Take(_start, 10, perSecond: 10, Second);

        Assert.Equal(TimeSpan.FromSeconds(0.5), gate.Take(_start, 5, perSecond: 10, Second));
        Assert.Equal(TimeSpan.Zero, gate.Take(_start + Second.Ticks, 5, perSecond: 10, Second));
    }

    [Fact]
    public void Take_NoRate_IsNoLimit() => Assert.Equal(TimeSpan.Zero, new RateGate().Take(_start, long.MaxValue, perSecond: 0, Second));

    [Fact]
    public void TryTake_BeyondTheBurst_TakesNothing()
    {
        var gate = new RateGate();
        Assert.True(gate.TryTake(_start, 10, perSecond: 10, Second));
        Assert.False(gate.TryTake(_start, 1, perSecond: 10, Second));
        Assert.False(gate.IsIdle(_start));
        Assert.True(gate.IsIdle(_start + Second.Ticks));
        Assert.True(gate.TryTake(_start + (Second.Ticks / 10), 1, perSecond: 10, Second));
    }
}
