using WsCluster.Configuration;
using WsCluster.Grains.History;
using WsCluster.Grains.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>Keeps a channel's activation while something depends on it, and frees expired history of one that stays.</summary>
/// <param name="grain">The activation.</param>
/// <param name="delayDeactivation">Its way to put off its collection.</param>
/// <param name="stream">Its stream.</param>
/// <param name="options">The options of its namespace.</param>
/// <param name="time">The clock.</param>
internal sealed class ActivationLifetime(
    IGrainBase grain, Action<TimeSpan> delayDeactivation, IChannelStream stream, ChannelOptions options, TimeProvider time)
{
    private static readonly TimeSpan ShortestTrimDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTrimDelay = TimeSpan.FromDays(1); // timers have a limit

    private readonly ActivationPin _pin = new(grain, delayDeactivation);
    private volatile IGrainTimer? _trimTimer; // read by other threads, too
    private bool _hasGateways;
    private int _timers; // of application code

    /// <summary>True when what is published next expires in time without a call of <see cref="Stay"/>.</summary>
    public bool WatchesExpiry => _trimTimer is not null || !options.HasHistory;

    /// <summary>True while a timer of application code runs.</summary>
    public bool HasTimers => _timers > 0;

    /// <summary>
    /// To be called after every use: the activation stays while it has gateways or timers of application code, else as long as its
    /// stream needs.
    /// </summary>
    public void Stay(bool hasGateways)
    {
        _hasGateways = hasGateways;
        HoldOrRelease();
        if (_trimTimer is null)
        {
            ArmTrimTimer();
        }
    }

    /// <summary>Starts a timer of application code. The activation stays until it is disposed of, for nobody else would wake the channel up.</summary>
    public IDisposable StartTimer(Func<Task> callback, TimeSpan due, TimeSpan period)
    {
        // It waits for its turn by itself, and nothing else is to wait for it.
        var timer = grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(due, period) { Interleave = true, KeepAlive = true });
        _timers++;
        HoldOrRelease();
        return new HoldingTimer(this, timer);
    }

    private void HoldOrRelease()
    {
        if (_hasGateways || HasTimers)
        {
            _pin.Hold();
        }
        else
        {
            _pin.Release(stream.KeepUntil() - time.GetUtcNow());
        }
    }

    /// <summary>One timer at a time: publishing moves the expiry, which the timer finds out when it fires.</summary>
    private void ArmTrimTimer()
    {
        if (stream.Trim() is not { } at)
        {
            return;
        }

        var delay = at - time.GetUtcNow();
        delay = delay < ShortestTrimDelay ? ShortestTrimDelay : delay > LongestTrimDelay ? LongestTrimDelay : delay;
        _trimTimer = grain.RegisterGrainTimer(OnTrimTimer, new GrainTimerCreationOptions(delay, Timeout.InfiniteTimeSpan));
    }

    private Task OnTrimTimer()
    {
        _trimTimer?.Dispose();
        _trimTimer = null;
        ArmTrimTimer();
        return Task.CompletedTask;
    }

    private sealed class HoldingTimer(ActivationLifetime lifetime, IGrainTimer timer) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            if (!_isOver)
            {
                _isOver = true;
                timer.Dispose();
                lifetime._timers--;
                lifetime.HoldOrRelease();
            }
        }
    }
}
