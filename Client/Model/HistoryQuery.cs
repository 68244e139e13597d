namespace WsCluster.Client;

/// <summary>Which part of a channel's history to read.</summary>
public sealed record HistoryQuery
{
    /// <summary>At most so many publications; the server has a limit of its own. Zero: only the position. -1: as many as the server gives.</summary>
    public int Limit { get; init; }

    /// <summary>Publications after this position, or before it when <see cref="Reverse"/>. Null: from the beginning, or the end.</summary>
    public StreamPosition? Since { get; init; }

    /// <summary>Newest first.</summary>
    public bool Reverse { get; init; }
}
