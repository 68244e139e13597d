namespace WsCluster.Gateway.Connections;

/// <summary>Who a connection is, as its token or the gateway's options said.</summary>
internal sealed record ClientIdentity
{
    /// <summary>The user; empty for an anonymous connection.</summary>
    public required string User { get; init; }

    /// <summary>The application's data about the connection, or null.</summary>
    public byte[]? Info { get; init; }

    /// <summary>When the connection expires; null: never.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>True when the client itself refreshes the connection with a new token.</summary>
    public bool ClientSideRefresh { get; init; }

    /// <summary>The server-side channels that the token named; a refresh must name the same.</summary>
    public IReadOnlyCollection<string> TokenChannels { get; init; } = [];

    /// <summary>The SDK's or application's name as the client gave it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The application's version as the client gave it.</summary>
    public string Version { get; init; } = "";
}
