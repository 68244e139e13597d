namespace WsCluster;

/// <summary>How many are in a channel.</summary>
/// <param name="Clients">Connections.</param>
/// <param name="Users">Distinct users; anonymous connections together count as one.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.PresenceStats")]
public readonly record struct PresenceStats([property: Id(0)] int Clients, [property: Id(1)] int Users);
