using WsCluster.Grains.History;
using WsCluster.Routing;

namespace WsCluster.Tests.Simulation.World;

/// <summary>
/// Machines broken on purpose, to prove that the checks find what they are for. By default everything is as it should be.
/// </summary>
internal class Tampering
{
    /// <summary>Idempotency keys are forgotten at once.</summary>
    public bool ForgetsKeys { get; init; }

    /// <summary>Every channel is hot, relays are slow, and outboxes overflow with a few publications: not broken, but what is rare otherwise.</summary>
    public bool IsUnderStrain { get; init; }

    /// <summary>A leave is acknowledged but never told to the channel.</summary>
    public bool LosesLeaves { get; init; }

    /// <summary>A batch on its way to a gateway; null: it is acknowledged and lost.</summary>
    public virtual DeliveryBatch? Delivered(DeliveryBatch batch) => batch;

    /// <summary>A batch on its way to another silo's relay.</summary>
    public virtual DeliveryBatch Relayed(DeliveryBatch batch) => batch;

    /// <summary>The answer to a gateway's subscribe.</summary>
    public virtual ChannelAttachment Attached(string channel, ChannelAttachment attachment) => attachment;

    /// <summary>The answer to a gateway's read of history.</summary>
    public virtual HistoryPage Recovered(string channel, HistoryPage page) => page;

    /// <summary>What a stopping silo hands over of a stream in memory.</summary>
    public virtual StreamState HandedOver(StreamState state) => state;

    /// <summary>What a publisher is told.</summary>
    public virtual StreamPosition Acknowledged(StreamPosition position) => position;
}
