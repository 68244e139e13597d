namespace WsCluster.Grains.Behaviors;

/// <summary>Makes a timer that calls back on the channel's scheduler until it is disposed of.</summary>
/// <param name="callback">What it calls; never throws.</param>
/// <param name="due">How long until the first call.</param>
/// <param name="period">How often from then on; <see cref="Timeout.InfiniteTimeSpan"/> for once.</param>
internal delegate IDisposable StartBehaviorTimer(Func<Task> callback, TimeSpan due, TimeSpan period);

/// <summary>The timers of one behavior, by name.</summary>
internal sealed class BehaviorTimers(StartBehaviorTimer start, Func<string, Task> fire)
{
    /// <summary>Timers of one channel.</summary>
    public const int MostTimers = 32;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Dictionary<string, IDisposable> _timers = new(StringComparer.Ordinal);

    public void Start(string timer, TimeSpan due, TimeSpan? period)
    {
        ArgumentException.ThrowIfNullOrEmpty(timer);
        Check(due, nameof(due));
        Check(period ?? Shortest, nameof(period));
        Stop(timer);
        if (_timers.Count == MostTimers)
        {
            throw new InvalidOperationException($"A channel has at most {MostTimers} timers.");
        }

        IDisposable? started = null;
        started = start(() => OnDueAsync(timer, started, period is null), due, period ?? Timeout.InfiniteTimeSpan);
        _timers[timer] = started;
    }

    public void Stop(string timer)
    {
        if (_timers.Remove(timer, out var running))
        {
            running.Dispose();
        }
    }

    public void StopAll()
    {
        foreach (var timer in _timers.Values)
        {
            timer.Dispose();
        }

        _timers.Clear();
    }

    private Task OnDueAsync(string timer, IDisposable? started, bool isOver)
    {
        if (!_timers.TryGetValue(timer, out var current) || !ReferenceEquals(current, started))
        {
            return Task.CompletedTask; // stopped or set anew while this was on its way
        }

        if (isOver)
        {
            Stop(timer);
        }

        return fire(timer);
    }

    private static void Check(TimeSpan time, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Shortest, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, Longest, name);
    }
}
