using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Gateway.Transports.Emulation;

/// <summary>
/// Brings a frame to the gateway of its session. Frames of one session travel one at a time, in the order in which they came
/// here: the next goes when the other gateway has acknowledged the one before, and not at all when it has not.
/// </summary>
internal sealed class UplinkRouter(EmulatedSessions sessions, UplinkDirectory directory, GatewayMetrics metrics, ILogger<UplinkRouter> logger)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, Task<UplinkOutcome>> _last = new(StringComparer.Ordinal); // of sessions with frames on their way; guarded by _sync

    /// <summary>Brings a frame to its session; ends when it is queued there, or not.</summary>
    public async Task<UplinkOutcome> SendAsync(string node, UplinkFrame frame)
    {
        if (node == sessions.Node)
        {
            return sessions.Take(frame);
        }

        if (!sessions.TryReserve(frame.Data.Length))
        {
            metrics.UplinkRefused();
            return UplinkOutcome.Full;
        }

        try
        {
            return await SendInOrderAsync(node, frame);
        }
        finally
        {
            sessions.Release(frame.Data.Length);
        }
    }

    private async Task<UplinkOutcome> SendInOrderAsync(string node, UplinkFrame frame)
    {
        Task<UplinkOutcome> sending;
        lock (_sync)
        {
            sending = SendAfterAsync(_last.GetValueOrDefault(frame.Session), node, frame);
            _last[frame.Session] = sending;
        }

        var outcome = await sending;
        lock (_sync)
        {
            if (_last.GetValueOrDefault(frame.Session) == sending)
            {
                _last.Remove(frame.Session);
            }
        }

        return outcome;
    }

    private async Task<UplinkOutcome> SendAfterAsync(Task<UplinkOutcome>? before, string node, UplinkFrame frame)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the caller holds the lock
        if (before is not null && await before is var outcome and not UplinkOutcome.Accepted)
        {
            return outcome;
        }

        try
        {
            return await directory.FindAsync(node) is { } uplink ? await uplink.SendAsync(frame) : UplinkOutcome.NoNode;
        }
        catch (ClientNotAvailableException)
        {
            return UplinkOutcome.NoNode; // the gateway is gone, and its streams with it
        }
        catch (Exception e)
        {
            GatewayLog.UplinkFailed(logger, e.Message);
            return UplinkOutcome.Unknown;
        }
    }
}
