namespace WsCluster;

/// <summary>One live connection of a user.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.UserSession")]
public sealed record UserSession
{
    /// <summary>The connection's id.</summary>
    [Id(0)] public required string Client { get; init; }

    /// <summary>The gateway that holds the connection.</summary>
    [Id(1)] public required string GatewayId { get; init; }

    /// <summary>When it connected (UTC).</summary>
    [Id(2)] public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>The SDK's or application's name as the client gave it; may be empty.</summary>
    [Id(3)] public string Name { get; init; } = "";

    /// <summary>The application's version as the client gave it; may be empty.</summary>
    [Id(4)] public string Version { get; init; } = "";

    /// <summary>What its connect is decided by; null once it is.</summary>
    [Id(5)] internal ConnectAttempt? Attempt { get; init; }
}
