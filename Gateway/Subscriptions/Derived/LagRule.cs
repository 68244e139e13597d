namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>
/// When a connection is slow, and when it no longer is. The two are far apart, and who turns out slow again soon after it was
/// found fast waits twice as long the next time: a connection at its limit doesn't go to and fro. Pure: times come from outside.
/// </summary>
/// <param name="slowBytes">More than this in its queue: it is slow.</param>
/// <param name="mostBytes">More than this in its queue and on the way there: it is slow, too, before the queue is full.</param>
/// <param name="calm">How long its queue must have been short.</param>
internal sealed class LagRule(long slowBytes, long mostBytes, TimeSpan calm)
{
    private static readonly TimeSpan LongestCalm = TimeSpan.FromMinutes(1);

    /// <summary>The queue is short below this.</summary>
    public long ShortBytes { get; } = slowBytes / 4;

    /// <summary>True when so much in its queue, and so much on the way there, makes a connection slow.</summary>
    public bool IsSlow(long queuedBytes, long waitingBytes) => queuedBytes > slowBytes || queuedBytes + waitingBytes > mostBytes;

    /// <summary>It turned out slow.</summary>
    public void FellBehind(ref Lag lag, DateTimeOffset now)
    {
        var again = lag.Calm > TimeSpan.Zero && now - lag.CaughtUpAt < lag.Calm + lag.Calm;
        lag.Calm = again ? lag.Calm + lag.Calm : calm;
        lag.Calm = lag.Calm > LongestCalm && calm < LongestCalm ? LongestCalm : lag.Calm;
        lag.ShortSince = null;
    }

    /// <summary>Looks at a slow one's queue. True when it has been short for long enough: it is fast again.</summary>
    public bool CatchesUp(ref Lag lag, long queuedBytes, DateTimeOffset now)
    {
        if (queuedBytes > ShortBytes)
        {
            lag.ShortSince = null;
            return false;
        }

        lag.ShortSince ??= now;
        if (now - lag.ShortSince < lag.Calm)
        {
            return false;
        }

        lag.CaughtUpAt = now;
        return true;
    }
}

/// <summary>What is remembered of one connection's lag.</summary>
internal struct Lag
{
    /// <summary>Since when its queue is short; null while it is not.</summary>
    public DateTimeOffset? ShortSince;

    /// <summary>When it was last found fast again.</summary>
    public DateTimeOffset CaughtUpAt;

    /// <summary>How long its queue must be short this time; zero before it was slow for the first time.</summary>
    public TimeSpan Calm;
}
