namespace WsCluster;

/// <summary>Which part of a channel's history to read.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.HistoryQuery")]
public sealed record HistoryQuery
{
    /// <summary>Most publications to return. Zero: the position only. Negative: all that are kept.</summary>
    [Id(0)] public int Limit { get; init; }

    /// <summary>Read strictly after (or, in reverse, strictly before) this position; null reads from the end that comes first.</summary>
    [Id(1)] public StreamPosition? Since { get; init; }

    /// <summary>Newest first.</summary>
    [Id(2)] public bool Reverse { get; init; }
}
