namespace WsCluster;

/// <summary>Publications to several durable channels that come to be all or none; see <see cref="IWsCluster.PublishAtomicAsync"/>.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.AtomicPublishRequest")]
public sealed record AtomicPublishRequest
{
    /// <summary>The publications, each in another channel.</summary>
    [Id(0)] public required ChannelPublication[] Publications { get; init; }

    /// <summary>
    /// Makes a repeat harmless: the same key within the idempotency window (5 minutes from the set's completion) publishes nothing
    /// and returns the first positions. It counts in the whole cluster. At most 256 characters; null for a generated one.
    /// </summary>
    [Id(1)] public string? IdempotencyKey { get; init; }
}
