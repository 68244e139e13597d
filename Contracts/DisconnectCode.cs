namespace WsCluster;

/// <summary>
/// Why the server ended a connection: the WebSocket close code (protocol §17). SDKs reconnect after 3000-3499 and
/// 4000-4499, and stay away after 3500-3999 and 4500-4999.
/// </summary>
public enum DisconnectCode
{
    /// <summary>Closed without advice. An internal mark, never sent.</summary>
    ConnectionClosed = 3000,
    /// <summary>The gateway is shutting down.</summary>
    Shutdown = 3001,
    /// <summary>Something failed inside the cluster.</summary>
    InternalServerError = 3004,
    /// <summary>The connection was not refreshed in time.</summary>
    Expired = 3005,
    /// <summary>A server-side subscription was not refreshed in time.</summary>
    SubscriptionExpired = 3006,
    /// <summary>The client reads too slowly: its queue is full.</summary>
    Slow = 3008,
    /// <summary>Writing to the socket failed.</summary>
    WriteError = 3009,
    /// <summary>A server-side subscription lost its position.</summary>
    InsufficientState = 3010,
    /// <summary>The server asks the client to reconnect.</summary>
    ForceReconnect = 3011,
    /// <summary>The client did not answer a ping in time.</summary>
    NoPong = 3012,
    /// <summary>The client is over a rate.</summary>
    TooManyRequests = 3013,
    /// <summary>What the client knows is out of date, such as a revoked token: it drops its token and positions and reconnects.</summary>
    StateInvalidated = 3014,
    /// <summary>The connection token is invalid.</summary>
    InvalidToken = 3500,
    /// <summary>The client broke the protocol.</summary>
    BadRequest = 3501,
    /// <summary>The client did not connect in time after it opened the transport.</summary>
    Stale = 3502,
    /// <summary>The application asked to end the connection.</summary>
    ForceNoReconnect = 3503,
    /// <summary>The user has as many connections as allowed.</summary>
    ConnectionLimit = 3504,
    /// <summary>More server-side subscriptions than a connection may have.</summary>
    ChannelLimit = 3505,
    /// <summary>A publication that is not JSON cannot go to a JSON connection.</summary>
    InappropriateProtocol = 3506,
    /// <summary>The client may not connect.</summary>
    PermissionDenied = 3507,
    /// <summary>The server does not offer what the client sent, such as <c>send</c> without a handler.</summary>
    NotAvailable = 3508,
    /// <summary>The client caused too many errors.</summary>
    TooManyErrors = 3509,
}

/// <summary>The wire text that goes with each <see cref="DisconnectCode"/>.</summary>
public static class DisconnectCodes
{
    /// <summary>The close reason that clients see; always within the 123 bytes of RFC 6455 §5.5.</summary>
    public static string Reason(this DisconnectCode code) => code switch
    {
        DisconnectCode.ConnectionClosed => "connection closed",
        DisconnectCode.Shutdown => "shutdown",
        DisconnectCode.InternalServerError => "internal server error",
        DisconnectCode.Expired => "connection expired",
        DisconnectCode.SubscriptionExpired => "subscription expired",
        DisconnectCode.Slow => "slow",
        DisconnectCode.WriteError => "write error",
        DisconnectCode.InsufficientState => "insufficient state",
        DisconnectCode.ForceReconnect => "force reconnect",
        DisconnectCode.NoPong => "no pong",
        DisconnectCode.TooManyRequests => "too many requests",
        DisconnectCode.StateInvalidated => "state invalidated",
        DisconnectCode.InvalidToken => "invalid token",
        DisconnectCode.BadRequest => "bad request",
        DisconnectCode.Stale => "stale",
        DisconnectCode.ForceNoReconnect => "force disconnect",
        DisconnectCode.ConnectionLimit => "connection limit",
        DisconnectCode.ChannelLimit => "channel limit",
        DisconnectCode.InappropriateProtocol => "inappropriate protocol",
        DisconnectCode.PermissionDenied => "permission denied",
        DisconnectCode.NotAvailable => "not available",
        DisconnectCode.TooManyErrors => "too many errors",
        _ => "",
    };
}
