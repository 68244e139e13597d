using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>What clients that only get pushes see instead of replies (protocol §25).</summary>
internal static class UnidirectionalPush
{
    /// <summary>The push that says what the reply does: the connect result as a push of its own, pushes bare, a ping empty.</summary>
    public static Push From(Reply reply) => reply switch
    {
        { Push: { } push } => push,
        { Connect: { } connect } => new Push { Connect = From(connect) },
        _ => new Push(),
    };

    /// <summary>
    /// The end that stands for a refused connect, which has no reply here: what time or another token may cure lets the client
    /// come again, the rest does not.
    /// </summary>
    public static DisconnectCode DisconnectFor(Error error) => (ErrorCode)error.Code switch
    {
        ErrorCode.TokenExpired or ErrorCode.Expired => DisconnectCode.Expired,
        ErrorCode.PermissionDenied => DisconnectCode.PermissionDenied,
        _ when error.Temporary => DisconnectCode.InternalServerError,
        _ => DisconnectCode.BadRequest,
    };

    private static Connect From(ConnectResult result)
    {
        var connect = new Connect
        {
            Client = result.Client,
            Version = result.Version,
            Data = result.Data,
            Expires = result.Expires,
            Ttl = result.Ttl,
            Ping = result.Ping,
            Pong = result.Pong,
            Session = result.Session,
            Node = result.Node,
            Time = result.Time,
        };
        connect.Subs.Add(result.Subs);
        return connect;
    }
}
