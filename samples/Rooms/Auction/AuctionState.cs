namespace WsCluster.Samples.Rooms;

/// <summary>How the auction stands: all that has happened, and what a page starts from.</summary>
public sealed record AuctionState
{
    private const int MostBids = 12;
    private const int MostSales = 6;

    /// <summary>The number of the lot, from 1; 0 before the first.</summary>
    public int Lot { get; init; }

    public string Title { get; init; } = "";

    public bool IsOpen { get; init; }

    /// <summary>The highest bid, or where bids start.</summary>
    public int Price { get; init; }

    /// <summary>The least that the next bid must be.</summary>
    public int Least { get; init; }

    /// <summary>Unix time in milliseconds: when it closes, or has closed.</summary>
    public long ClosesAt { get; init; }

    /// <summary>The newest first; the first leads.</summary>
    public Bid[] Bids { get; init; } = [];

    /// <summary>The newest first.</summary>
    public Sale[] Sales { get; init; } = [];

    /// <summary>How it stands after something has happened. Depends on nothing else, so a replay gives the same.</summary>
    public AuctionState After(AuctionEvent happened, string user) => happened.Type switch
    {
        AuctionEvent.Opened => this with
        {
            Lot = happened.Lot,
            Title = happened.Title,
            IsOpen = true,
            Price = happened.Amount,
            Least = happened.Amount,
            ClosesAt = happened.ClosesAt,
            Bids = [],
        },
        AuctionEvent.Bid => this with
        {
            Price = happened.Amount,
            Least = happened.Amount + Lots.StepFrom(happened.Amount),
            ClosesAt = happened.ClosesAt,
            Bids = [new Bid(user, happened.Name, happened.Amount, happened.At), .. Bids.Take(MostBids - 1)],
        },
        AuctionEvent.Closed => this with
        {
            IsOpen = false,
            ClosesAt = happened.At,
            Sales = [new Sale(Lot, Title, Bids.Length > 0 ? Bids[0].Name : null, Price), .. Sales.Take(MostSales - 1)],
        },
        _ => this,
    };
}

/// <summary>One bid.</summary>
public sealed record Bid(string User, string Name, int Amount, long At);

/// <summary>How a lot ended. Without a buyer nobody wanted it.</summary>
public sealed record Sale(int Lot, string Title, string? Buyer, int Price);
