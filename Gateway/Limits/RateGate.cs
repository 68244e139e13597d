namespace WsCluster.Gateway.Limits;

/// <summary>
/// A rate in one number: the time until which what was taken so far keeps its taker busy. What lies beyond the burst is how
/// much too fast it was. Not safe for several threads.
/// </summary>
internal struct RateGate
{
    private long _busyUntil;

    /// <summary>Takes an amount and returns how long the taker must wait now to keep the rate; zero while within the burst.</summary>
    /// <param name="now">The time, in ticks of <see cref="TimeSpan"/>.</param>
    /// <param name="amount">What it takes.</param>
    /// <param name="perSecond">The rate; zero for none.</param>
    /// <param name="burst">How much of it may be taken at once, as the time in which the rate gives it.</param>
    public TimeSpan Take(long now, long amount, long perSecond, TimeSpan burst)
    {
        if (perSecond == 0)
        {
            return TimeSpan.Zero;
        }

        _busyUntil = Math.Max(_busyUntil, now) + (amount * TimeSpan.TicksPerSecond / perSecond);
        return TimeSpan.FromTicks(Math.Max(0, _busyUntil - now - burst.Ticks));
    }

    /// <summary>Takes an amount if it is within the rate and its burst; else takes nothing and is false.</summary>
    public bool TryTake(long now, long amount, long perSecond, TimeSpan burst)
    {
        var before = _busyUntil;
        if (Take(now, amount, perSecond, burst) == TimeSpan.Zero)
        {
            return true;
        }

        _busyUntil = before;
        return false;
    }

    /// <summary>True when nothing that was taken counts any more.</summary>
    public readonly bool IsIdle(long now) => _busyUntil <= now;
}
