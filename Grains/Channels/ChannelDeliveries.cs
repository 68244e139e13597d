using System.Buffers;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>Encodes what happens in a channel once and queues the same bytes for each of its gateways.</summary>
internal sealed class ChannelDeliveries(string channel, GatewayAttachments gateways)
{
    private const int LargestKept = 4 * 1024;

    private ArrayBufferWriter<byte> _entry = new();

    public void Publish(string epoch, Publication publication)
    {
        if (gateways.Count == 0)
        {
            return;
        }

        DeliveryWriter.WritePublication(_entry, channel, epoch, publication);
        Deliver();
    }

    public void Announce(PresenceOutcome outcome)
    {
        if (gateways.Count == 0)
        {
            return;
        }

        foreach (var (info, joined) in outcome.Announced)
        {
            DeliveryWriter.WritePresence(_entry, channel, info, joined);
            Deliver();
        }
    }

    public void Move()
    {
        DeliveryWriter.Write(_entry, DeliveryKind.Moved, channel, []);
        Deliver();
    }

    private void Deliver()
    {
        gateways.Deliver(_entry.WrittenSpan);

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
