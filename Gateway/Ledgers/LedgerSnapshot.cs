using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>A channel's ledger at one moment.</summary>
internal sealed record LedgerSnapshot
{
    /// <summary>A channel that the gateway is not subscribed to.</summary>
    public static LedgerSnapshot Empty { get; } = new() { Position = StreamPosition.None, Arrivals = [], Events = [] };

    /// <summary>The last publication that the subscribers have.</summary>
    public required StreamPosition Position { get; init; }

    /// <summary>True while deliveries wait for what comes before them.</summary>
    public bool IsSynchronising { get; init; }

    /// <summary>When the stream's offsets began anew, in UTC ticks.</summary>
    public long EpochSince { get; init; }

    /// <summary>The remembered publications, oldest first.</summary>
    public required IReadOnlyList<Arrival> Arrivals { get; init; }

    /// <summary>The remembered events, oldest first.</summary>
    public required IReadOnlyList<StreamEvent> Events { get; init; }
}
