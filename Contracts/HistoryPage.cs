namespace WsCluster;

/// <summary>Publications read from a channel's history.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.HistoryPage")]
public sealed record HistoryPage
{
    /// <summary>The publications, in the order that the query asked for.</summary>
    [Id(0)] public required IReadOnlyList<Publication> Publications { get; init; }

    /// <summary>The stream's position at the time of the read: the newest offset and the epoch.</summary>
    [Id(1)] public required StreamPosition Top { get; init; }
}
