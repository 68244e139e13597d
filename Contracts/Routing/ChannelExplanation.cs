namespace WsCluster.Routing;

/// <summary>What a channel's grain remembers of what it published, and to which gateways. Never any payload.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ChannelExplanation")]
public sealed record ChannelExplanation
{
    /// <summary>The silo that hosts the channel.</summary>
    [Id(0)] public required string SiloId { get; init; }

    /// <summary>Since when it does: of what was before, nothing is remembered here.</summary>
    [Id(1)] public required DateTimeOffset Since { get; init; }

    /// <summary>The stream's newest position.</summary>
    [Id(2)] public required StreamPosition Top { get; init; }

    /// <summary>The newest publications, oldest first.</summary>
    [Id(3)] public required IReadOnlyList<PublishedEntry> Publications { get; init; }

    /// <summary>The gateways that the channel delivers to, and those of the publications.</summary>
    [Id(4)] public required IReadOnlyList<OutboxDescription> Outboxes { get; init; }
}

/// <summary>A publication that was handed to gateways.</summary>
/// <param name="Offset">Its offset; zero in a channel without history.</param>
/// <param name="At">When.</param>
/// <param name="Outboxes">The gateways, by their place in <see cref="ChannelExplanation.Outboxes"/>.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.PublishedEntry")]
public sealed record PublishedEntry(
    [property: Id(0)] ulong Offset, [property: Id(1)] DateTimeOffset At, [property: Id(2)] IReadOnlyList<int> Outboxes);

/// <summary>The queue from the channel's silo to one gateway.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.OutboxDescription")]
public sealed record OutboxDescription
{
    /// <summary>The gateway.</summary>
    [Id(0)] public required string GatewayId { get; init; }

    /// <summary>The process of the gateway.</summary>
    [Id(1)] public required long Incarnation { get; init; }

    /// <summary>Bytes that wait, of all channels.</summary>
    [Id(2)] public long QueuedBytes { get; init; }

    /// <summary>True when the gateway has been given up.</summary>
    [Id(3)] public bool IsClosed { get; init; }

    /// <summary>When its content was dropped for being too much; null: never. The gateway reads from history what it missed.</summary>
    [Id(4)] public DateTimeOffset? OverflowedAt { get; init; }

    /// <summary>True while the channel delivers to it.</summary>
    [Id(5)] public bool IsAttached { get; init; }
}
