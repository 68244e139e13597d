namespace WsCluster.Gateway.Connections;

/// <summary>
/// Wakes many objects at their times from one timer. A timer for every connection costs 150 bytes and a heap entry each;
/// here a waiting connection is one reference in the bucket of its tick. The timer sleeps until something is due: an idle gateway
/// that looked ten times a second would spend more on looking than on its connections.
/// </summary>
internal sealed class DeadlineClock : IDisposable
{
    private const int Buckets = 1024;
    private const int LongestSleep = 10; // ticks: looking further ahead costs more than waking, and clocks may be set
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock _sync = new();
    private readonly List<(long Tick, IDeadline Deadline)>?[] _buckets = new List<(long, IDeadline)>?[Buckets];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DateTimeOffset _start;
    private readonly ITimer _timer;
    private long _lastTick; // guarded by _sync, like _buckets
    private long _wakeTick; // when the timer goes off; guarded by _sync

    /// <summary>Starts the clock.</summary>
    public DeadlineClock(TimeProvider time, ILogger<DeadlineClock> logger)
    {
        _time = time;
        _logger = logger;
        _start = time.GetUtcNow();
        _timer = time.CreateTimer(_ => Advance(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_sync)
        {
            SleepLocked(LongestSleep);
        }
    }

    /// <summary>The time that deadlines are compared with.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Ends after a while.</summary>
    public Task DelayAsync(TimeSpan delay) => Task.Delay(delay, _time);

    /// <summary>Wakes <paramref name="deadline"/> at <paramref name="at"/>, to the next tenth of a second.</summary>
    public void Schedule(IDeadline deadline, DateTimeOffset at)
    {
        var wanted = (long)Math.Ceiling((at - _start) / Tick);
        lock (_sync)
        {
            var tick = Math.Max(wanted, _lastTick + 1);
            (_buckets[tick % Buckets] ??= []).Add((tick, deadline));
            if (tick < _wakeTick)
            {
                SleepLocked(tick);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Advance()
    {
        List<IDeadline>? due = null;
        var now = _time.GetUtcNow();
        lock (_sync)
        {
            var nowTick = (long)((now - _start) / Tick);
            for (; _lastTick < nowTick; _lastTick++)
            {
                Collect(_lastTick + 1, ref due);
            }

            SleepLocked(NextBusyTick());
        }

        foreach (var deadline in due ?? [])
        {
            try
            {
                if (deadline.OnDeadline(now) is { } next)
                {
                    Schedule(deadline, next);
                }
            }
            catch (Exception e)
            {
                GatewayLog.DeadlineFailed(_logger, e); // the others' deadlines must not suffer
            }
        }
    }

    private long NextBusyTick()
    {
        var tick = _lastTick + 1;
        while (tick < _lastTick + LongestSleep && _buckets[tick % Buckets] is null)
        {
            tick++;
        }

        return tick;
    }

    private void SleepLocked(long untilTick)
    {
        _wakeTick = untilTick;
        var sleep = _start + (untilTick * Tick) - _time.GetUtcNow();
        _timer.Change(sleep > Shortest ? sleep : Shortest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the entries of one tick out of its bucket; entries of later rounds stay.</summary>
    private void Collect(long tick, ref List<IDeadline>? due)
    {
        if (_buckets[tick % Buckets] is not { } bucket)
        {
            return;
        }

        var kept = 0;
        for (var i = 0; i < bucket.Count; i++)
        {
            if (bucket[i].Tick <= tick)
            {
                (due ??= []).Add(bucket[i].Deadline);
            }
            else
            {
                bucket[kept++] = bucket[i];
            }
        }

        bucket.RemoveRange(kept, bucket.Count - kept);
        if (kept == 0)
        {
            _buckets[tick % Buckets] = null;
        }
    }
}
