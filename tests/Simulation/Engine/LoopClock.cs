using System.Globalization;

namespace WsCluster.Tests.Simulation.Engine;

/// <summary>The virtual time of a <see cref="SimulationLoop"/>.</summary>
internal sealed class LoopClock(SimulationLoop loop) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => loop.Now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(loop.Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LoopTimer(loop, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public override string ToString() => (loop.Now / (double)TimeSpan.TicksPerSecond).ToString("0.0000", CultureInfo.InvariantCulture);
}

/// <summary>A timer in virtual time.</summary>
internal sealed class LoopTimer(SimulationLoop loop, TimerCallback callback, object? state) : ITimer
{
    private const long Never = -1;

    private long _due = Never;
    private TimeSpan _period;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        _due = dueTime == Timeout.InfiniteTimeSpan ? Never : loop.Now + dueTime.Ticks;
        if (_due != Never)
        {
            loop.Schedule(this, _due);
        }

        return true;
    }

    /// <summary>False when the timer was changed since it was scheduled for this time.</summary>
    public bool IsDue(long at) => _due == at;

    public void Fire()
    {
        _due = Never;
        if (_period > TimeSpan.Zero)
        {
            Change(_period, _period);
        }

        callback(state);
    }

    public void Dispose() => _due = Never;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
