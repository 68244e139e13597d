namespace WsCluster.Routing;

/// <summary>
/// A time in which a gateway gets a channel by a relay instead of straight from the channel's silo. The straight path ends with
/// <see cref="DeliveryKind.Relayed"/>, the relayed one begins with <see cref="DeliveryKind.RelayBegin"/> and ends with
/// <see cref="DeliveryKind.RelayEnd"/>: after it the straight path goes on. So whoever reads both knows their one order.
/// </summary>
/// <param name="Life">The activation of the channel that it belongs to.</param>
/// <param name="Number">Counts the stints of an activation, of all its gateways; zero: none.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.RelayStint")]
public readonly record struct RelayStint([property: Id(0)] long Life, [property: Id(1)] long Number)
{
    /// <summary>True when it is <paramref name="newest"/>, or one of the same activation before that.</summary>
    public bool IsUpTo(RelayStint newest) => Life == newest.Life && Number <= newest.Number;
}
