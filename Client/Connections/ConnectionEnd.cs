namespace WsCluster.Client.Connections;

/// <summary>How a connection ended, and whether to make another one (protocol §17).</summary>
internal sealed record ConnectionEnd(int Code, string Reason, bool Reconnect)
{
    public static readonly ConnectionEnd TransportClosed = new(ConnectingCode.TransportClosed, "transport closed", true);
    public static readonly ConnectionEnd NoPing = new(ConnectingCode.NoPing, "no ping", true);
    public static readonly ConnectionEnd SubscribeTimeout = new(ConnectingCode.SubscribeTimeout, "subscribe timeout", true);
    public static readonly ConnectionEnd UnsubscribeError = new(ConnectingCode.UnsubscribeError, "unsubscribe error", true);
    public static readonly ConnectionEnd Unauthorized = new(DisconnectedCode.Unauthorized, "unauthorized", false);
    public static readonly ConnectionEnd BadProtocol = new(DisconnectedCode.BadProtocol, "bad protocol", false);
    public static readonly ConnectionEnd MessageSizeLimit = new(DisconnectedCode.MessageSizeLimit, "message size limit", false);

    /// <summary>Codes that end it for good: 3500-3999 of the protocol, 4500-4999 of the application.</summary>
    public static ConnectionEnd OfServer(int code, string reason) => new(code, reason, code is not ((>= 3500 and < 4000) or (>= 4500 and < 5000)));

    /// <summary>A WebSocket close code below 3000 is the transport's own; 1009 would come again each time.</summary>
    public static ConnectionEnd OfCloseCode(int code, string? reason) => code switch
    {
        1009 => MessageSizeLimit,
        < 3000 => TransportClosed,
        _ => OfServer(code, reason ?? ""),
    };
}
