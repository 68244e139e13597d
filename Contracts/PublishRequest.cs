using WsCluster.Routing;

namespace WsCluster;

/// <summary>What a publisher asks a channel to publish.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.PublishRequest")]
public sealed record PublishRequest
{
    /// <summary>The message. JSON subscribers need valid JSON; others get the bytes as they are. Not written to again.</summary>
    [Id(0)] public required byte[] Data { get; init; }

    /// <summary>The publishing connection, set by gateways; null for application services.</summary>
    [Id(1)] public ClientInfo? Info { get; init; }

    /// <summary>Text labels that subscription filters look at, or null.</summary>
    [Id(2)] public Dictionary<string, string>? Tags { get; init; }

    /// <summary>
    /// Makes a repeat harmless: the same key in the same channel within the idempotency window (5 minutes) publishes
    /// nothing and returns the first result. At most 256 characters; null for none.
    /// </summary>
    [Id(3)] public string? IdempotencyKey { get; init; }

    /// <summary>Deliver to live subscribers only, without an offset.</summary>
    [Id(4)] public bool SkipHistory { get; init; }

    /// <summary>Let subscribers that asked for deltas get this publication as one.</summary>
    [Id(5)] public bool Delta { get; init; }

    /// <summary>
    /// When positive and not above the channel's last version, nothing is published and the current position is
    /// returned. Needs history. Zero for none.
    /// </summary>
    [Id(6)] public ulong Version { get; init; }

    /// <summary>Versions are compared only within one version epoch; null or empty compares always.</summary>
    [Id(7)] public string? VersionEpoch { get; init; }

    /// <summary>The span that asked for it (<see cref="Tracing.PublishTrace"/>); null for all that are not traced.</summary>
    [Id(8)] internal byte[]? Trace { get; init; }

    /// <summary>The atomic set that it is part of; null for all that are published on their own.</summary>
    [Id(9)] internal SetMark? Mark { get; init; }
}
