namespace WsCluster.Gateway.Connections;

/// <summary>Who a connection is, as its token or the gateway's options said.</summary>
internal sealed record ClientIdentity
{
    /// <summary>The user; empty for an anonymous connection.</summary>
    public required string User { get; init; }

    /// <summary>The application's data about the connection, or null.</summary>
    public byte[]? Info { get; init; }

    /// <summary>The application's JSON for its backends (protocol §19), which no client ever sees; or null.</summary>
    public byte[]? Meta { get; init; }

    /// <summary>The session (the login) that its token belongs to; empty when it names none.</summary>
    public string Session { get; init; } = "";

    /// <summary>When its token was issued; null when it does not say.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the connection expires; null: never.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>True for a client that nothing vouched for: it is in because anonymous clients are let in.</summary>
    public bool IsUnproven { get; init; }

    /// <summary>True for a page of the console, which gets the cluster's figures.</summary>
    public bool IsConsole { get; init; }

    /// <summary>True when the client itself refreshes the connection with a new token.</summary>
    public bool ClientSideRefresh { get; init; }

    /// <summary>True when the application is asked about the connection when it expires.</summary>
    public bool ServerSideRefresh { get; init; }

    /// <summary>The server-side channels that the token named; a refresh must name the same.</summary>
    public IReadOnlyCollection<string> TokenChannels { get; init; } = [];

    /// <summary>The SDK's or application's name as the client gave it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The application's version as the client gave it.</summary>
    public string Version { get; init; } = "";
}
