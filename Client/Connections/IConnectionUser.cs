using WsCluster.Client.Protocol;

namespace WsCluster.Client.Connections;

/// <summary>What a <see cref="ConnectionKeeper"/> keeps a connection for. All calls are on the loop.</summary>
internal interface IConnectionUser
{
    /// <summary>What the next connection starts with.</summary>
    ConnectRequest CreateConnect(string? token);

    /// <summary>The state has changed.</summary>
    void OnStateChanged(ClientState before, ClientStateChange change);

    /// <summary>There is a connection. No push comes before the end of this call.</summary>
    void OnConnected(Connection connection, ConnectResult result);

    void OnPush(Push push);

    /// <summary>Something went wrong that the client goes on from, or that explains the state change that follows.</summary>
    void Report(Exception exception);
}
