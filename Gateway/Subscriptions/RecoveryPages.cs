namespace WsCluster.Gateway.Subscriptions;

/// <summary>What was read for a batch of recovering subscribers, and the part of it that concerns one of them.</summary>
/// <param name="MostPublications">Most publications that a subscriber recovers; a read asks for one more.</param>
internal sealed record RecoveryPages(int MostPublications)
{
    /// <summary>The newest publication alone; null when nobody asked for it.</summary>
    public HistoryPage? Latest { get; init; }

    /// <summary>From the lowest position of all; null when everybody asked for the newest only.</summary>
    public HistoryPage? Far { get; init; }

    /// <summary>From the lowest position that is not too far back; null when <see cref="Far"/> serves all.</summary>
    public HistoryPage? Near { get; init; }

    /// <summary>True when more lies between the offset and the top than a subscriber may recover.</summary>
    public bool IsTooFar(ulong offset) => Far!.Top.Offset > offset && Far.Top.Offset - offset > (ulong)MostPublications;

    /// <summary>The page of a subscriber that stands at this offset.</summary>
    public HistoryPage For(ulong after, bool latestOnly)
    {
        if (latestOnly)
        {
            return Latest!;
        }

        var page = Near is null || IsTooFar(after) ? Far! : Near;
        if (page.Publications.Count > MostPublications)
        {
            return page; // too many: as it is, so that this is seen
        }

        var first = FirstAfter(page.Publications, after);
        return first == 0 ? page : page with { Publications = [.. page.Publications.Skip(first)] };
    }

    /// <summary>The index of the first publication after the offset, in publications that ascend.</summary>
    private static int FirstAfter(IReadOnlyList<Publication> publications, ulong offset)
    {
        var (low, high) = (0, publications.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = publications[middle].Offset > offset ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
