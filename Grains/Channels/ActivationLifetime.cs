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

    /// <summary>True when what is published next expires in time without a call of <see cref="Stay"/>.</summary>
    public bool WatchesExpiry => _trimTimer is not null || !options.HasHistory;

    /// <summary>To be called after every use: the activation stays while it has gateways, else as long as its stream needs.</summary>
    public void Stay(bool hasGateways)
    {
        if (hasGateways)
        {
            _pin.Hold();
        }
        else
        {
            _pin.Release(stream.KeepUntil() - time.GetUtcNow());
        }

        if (_trimTimer is null)
        {
            ArmTrimTimer();
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
}
