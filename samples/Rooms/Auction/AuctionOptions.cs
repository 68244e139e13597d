namespace WsCluster.Samples.Rooms;

/// <summary>How long things take, bound from <c>Auction</c>.</summary>
public sealed class AuctionOptions
{
    public const string SectionName = "Auction";

    /// <summary>From the opening of a lot to its closing, when nobody bids late.</summary>
    public TimeSpan Length { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long everybody has at least to answer a bid: a late one puts the closing off.</summary>
    public TimeSpan Answer { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>From a closing to the next lot.</summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(8);
}
