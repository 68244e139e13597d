namespace WsCluster.Routing;

/// <summary>What a channel's behavior says to a client that wants to subscribe and may, as far as permissions go.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.ChannelAdmission")]
public sealed record ChannelAdmission
{
    /// <summary>Its decision.</summary>
    [Id(0)] public required SubscribeDecision Decision { get; init; }

    /// <summary>
    /// What the decision's data includes: publications up to here, none behind. The subscriber gets the following ones, so that
    /// nothing is lost or doubled between the two. <see cref="StreamPosition.None"/> without history.
    /// </summary>
    [Id(1)] public required StreamPosition Position { get; init; }
}
