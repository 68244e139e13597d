namespace WsCluster;

/// <summary>One publication of a set that is published whole or not at all (<see cref="AtomicPublishRequest"/>).</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ChannelPublication")]
public sealed record ChannelPublication
{
    /// <summary>The channel, by its full name. A user's inbox is one too.</summary>
    [Id(0)] public required string Channel { get; init; }

    /// <summary>What is published there. An idempotency key, a version and skipping history are refused: they belong to one channel.</summary>
    [Id(1)] public required PublishRequest Request { get; init; }
}
