namespace WsCluster.Gateway.Subscriptions;

/// <summary>Whether a subscriber's gap could be filled (protocol §8.3 and §8.4). Pure: a function of what was read.</summary>
/// <param name="Recovered">The gap is filled completely.</param>
/// <param name="Publications">What fills it, ascending by offset.</param>
internal readonly record struct RecoveryDecision(bool Recovered, IReadOnlyList<Publication> Publications)
{
    private static readonly RecoveryDecision Lost = new(false, []);

    /// <summary>Stream mode: all missed publications, or none.</summary>
    /// <param name="asked">Where the client stands. An empty epoch matches any.</param>
    /// <param name="read">The publications after the asked offset, ascending.</param>
    /// <param name="top">The stream's position after <paramref name="read"/>.</param>
    public static RecoveryDecision Stream(StreamPosition asked, IReadOnlyList<Publication> read, StreamPosition top)
    {
        if (!string.IsNullOrEmpty(asked.Epoch) && asked.Epoch != top.Epoch)
        {
            return Lost;
        }

        if (read.Count == 0)
        {
            return top.Offset == asked.Offset ? new RecoveryDecision(true, []) : Lost;
        }

        return read[0].Offset == asked.Offset + 1 && read[^1].Offset == top.Offset ? new RecoveryDecision(true, read) : Lost;
    }

    /// <summary>Cache mode: only the latest publication counts.</summary>
    public static RecoveryDecision Cache(StreamPosition asked, Publication? latest, StreamPosition top)
    {
        var same = asked.Offset > 0 && asked.Offset == top.Offset && asked.Epoch == top.Epoch;
        if (latest is null)
        {
            return new RecoveryDecision(same, []);
        }

        if (latest.Offset != top.Offset)
        {
            return Lost;
        }

        return new RecoveryDecision(true, same ? [] : [latest]);
    }
}
