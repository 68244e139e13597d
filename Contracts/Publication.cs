namespace WsCluster;

/// <summary>One message in a channel.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.Publication")]
public sealed record Publication
{
    /// <summary>Counts up from 1 within an epoch. Zero when the channel keeps no history or it was skipped.</summary>
    [Id(0)] public required ulong Offset { get; init; }

    /// <summary>The publisher's bytes, shared by every reader: nobody writes to them again.</summary>
    [Id(1)] public required byte[] Data { get; init; }

    /// <summary>The publishing connection; null when an application service published.</summary>
    [Id(2)] public ClientInfo? Info { get; init; }

    /// <summary>The publisher's tags, which subscription filters look at; null when there are none.</summary>
    [Id(3)] public Dictionary<string, string>? Tags { get; init; }

    /// <summary>True when subscribers that asked for deltas may get this publication as one.</summary>
    [Id(4)] public bool Delta { get; init; }

    /// <summary>The span that it is part of (<see cref="Tracing.PublishTrace"/>), while it is on its way; kept nowhere.</summary>
    [field: NonSerialized] internal byte[]? Trace { get; init; }
}
