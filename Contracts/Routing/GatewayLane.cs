namespace WsCluster.Routing;

/// <summary>Where a silo delivers to: a gateway's incarnation and the lane that the channel or user belongs to.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.GatewayLane")]
public sealed record GatewayLane
{
    /// <summary>The gateway's id.</summary>
    [Id(0)] public required string GatewayId { get; init; }

    /// <summary>When this gateway process started (UTC ticks): a newer incarnation of an id replaces the older at once.</summary>
    [Id(1)] public required long Incarnation { get; init; }

    /// <summary>The lane's number.</summary>
    [Id(2)] public required int Lane { get; init; }

    /// <summary>The lane itself.</summary>
    [Id(3)] public required IGatewayObserver Observer { get; init; }

    /// <summary>The lane without its incarnation, as entries to relays name it.</summary>
    public string Name => $"{Lane}/{GatewayId}";
}
