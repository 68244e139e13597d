namespace WsCluster.Samples.Rooms;

/// <summary>What the auction publishes. Everything that was decided by a clock is in here, so that the state needs none.</summary>
public sealed record AuctionEvent
{
    public const string Opened = "opened";
    public const string Bid = "bid";
    public const string Closed = "closed";

    public required string Type { get; init; }

    public int Lot { get; init; }

    public string Title { get; init; } = "";

    /// <summary>Where bids start, or the bid.</summary>
    public int Amount { get; init; }

    /// <summary>The bidder's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>When the lot closes from now on, in Unix milliseconds.</summary>
    public long ClosesAt { get; init; }

    /// <summary>When it happened: also tells pages how far off their clock is.</summary>
    public long At { get; init; }
}
