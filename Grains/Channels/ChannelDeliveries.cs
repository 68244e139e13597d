using System.Buffers;
using WsCluster.Grains.Routing;
using WsCluster.Routing;
using WsCluster.Tracing;

namespace WsCluster.Grains.Channels;

/// <summary>
/// Encodes what happens in a channel once and queues the same bytes for each of its gateways. Publications may come from any thread, the
/// rest from the activation.
/// </summary>
internal sealed class ChannelDeliveries(string channel, GatewayAttachments gateways)
{
    private const int LargestKept = 4 * 1024;

    private readonly Lock _sync = new();
    private ArrayBufferWriter<byte> _entry = new(); // guarded by _sync

    public void Publish(string epoch, Publication publication)
    {
        if (gateways.Count == 0)
        {
            return;
        }

        using var span = PublishTrace.Continue("channel", publication.Trace, channel);
        var trace = PublishTrace.ContextOf(span);
        lock (_sync)
        {
            if (trace is not null)
            {
                DeliveryWriter.Write(_entry, DeliveryKind.Trace, channel, trace); // one piece with the publication: no batch ends between
            }

            DeliveryWriter.WritePublication(_entry, channel, epoch, publication);
            Deliver(trace);
        }
    }

    public void Announce(PresenceOutcome outcome)
    {
        if (gateways.Count == 0)
        {
            return;
        }

        foreach (var (info, joined) in outcome.Announced)
        {
            lock (_sync)
            {
                DeliveryWriter.WritePresence(_entry, channel, info, joined);
                Deliver();
            }
        }
    }

    public void Move()
    {
        lock (_sync)
        {
            DeliveryWriter.Write(_entry, DeliveryKind.Moved, channel, []);
            gateways.Move(_entry.WrittenSpan);
            Reuse();
        }
    }

    /// <summary>
    /// Asks a new gateway that brings members whether it means it: its call may have come late, after the one that was to end it
    /// went to a silo that is gone.
    /// </summary>
    public void ConfirmAttached(string gatewayId)
    {
        var entry = new ArrayBufferWriter<byte>();
        DeliveryWriter.Write(entry, DeliveryKind.Attached, channel, []);
        gateways.DeliverTo(gatewayId, entry.WrittenSpan);
    }

    private void Deliver(byte[]? trace = null)
    {
        gateways.Deliver(_entry.WrittenSpan, trace);
        Reuse();
    }

    private void Reuse()
    {
        // The buffer is reused, but one large publication must not stay with an idle channel for good.
        if (_entry.Capacity > LargestKept)
        {
            _entry = new ArrayBufferWriter<byte>();
        }
        else
        {
            _entry.ResetWrittenCount();
        }
    }
}
