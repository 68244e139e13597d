namespace WsCluster.Routing;

/// <summary>
/// What one silo's outbox sends to one lane of a gateway in one call: deliveries of many channels and users in one flat
/// array, which Orleans copies as a block. Read it with <see cref="DeliveryReader"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("WsCluster.DeliveryBatch")]
public sealed class DeliveryBatch
{
    /// <summary>The sending silo, with its generation: a restarted silo has another id.</summary>
    [Id(0)] public required string SiloId { get; init; }

    /// <summary>The sending outbox: another one from the same silo and lane starts its sequence anew.</summary>
    [Id(1)] public required Guid OutboxId { get; init; }

    /// <summary>Counts the outbox's batches from 1. A repeat after a time-out has the same number.</summary>
    [Id(2)] public required long Sequence { get; init; }

    /// <summary>True when the outbox had to drop deliveries: everything that the silo serves in this lane must be resynchronised.</summary>
    [Id(3)] public bool Resynchronise { get; init; }

    /// <summary>The deliveries; empty when the batch only renews the lease.</summary>
    [Id(4)] public required byte[] Entries { get; init; }

    /// <summary>
    /// True when the silo stops: in a moment all of its channels and users live elsewhere. Subscribe and restore them again
    /// until the answers name another silo. It is the last that is surely heard of the silo, because Orleans closes the
    /// connections of gateways before it deactivates grains.
    /// </summary>
    [Id(5)] public bool SiloStopping { get; init; }

    /// <summary>
    /// The id of the silo's <see cref="ISiloEntrance"/>, for calls that must not take another silo's way; null where there is none, as in a
    /// cluster of one.
    /// </summary>
    [Id(6)] public string? Entrance { get; init; }

    /// <summary>True for what a silo's relay passes on of other silos' channels. <see cref="SiloId"/> is then the relay's own, not the silo's.</summary>
    [Id(7)] public bool Relayed { get; init; }

    /// <summary>What the entrance passes on: 0 for the calls of its first version, else <see cref="ISiloEntrance.ReadsAndUsers"/>.</summary>
    [Id(8)] public int EntranceLevel { get; init; }
}
