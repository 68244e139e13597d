using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Authorization;

/// <summary>How application code sees a connection.</summary>
internal static class ConnectionCaller
{
    /// <summary>Who stands behind an established connection.</summary>
    public static Caller AsCaller(this Connection connection)
    {
        var identity = connection.Identity!;
        return new Caller
        {
            Info = new ClientInfo { User = identity.User, Client = connection.Id, ConnInfo = identity.Info },
            Session = identity.Session,
            Meta = identity.Meta,
        };
    }
}
