namespace WsCluster.Client.Protocol;

/// <summary>The server's codes that the client acts upon (protocol §16 to §18).</summary>
internal static class ServerErrorCode
{
    /// <summary>Error: what was asked makes no sense.</summary>
    public const int BadRequest = 107;

    /// <summary>Error: get a new token and try again.</summary>
    public const int TokenExpired = 109;

    /// <summary>Disconnect: drop the token and all positions, then reconnect.</summary>
    public const int StateInvalidated = 3014;

    /// <summary>Unsubscribe codes from here on: subscribe again.</summary>
    public const int Resubscribe = 2500;

    /// <summary>Unsubscribe: drop the token and the position, then subscribe again.</summary>
    public const int SubscriptionInvalidated = 2502;
}
