namespace WsCluster.Client;

/// <summary>Where a client is.</summary>
public enum ClientState
{
    /// <summary>Not connected, and not trying to be: before <c>ConnectAsync</c>, after <c>DisconnectAsync</c>, or ended by the server for good.</summary>
    Disconnected,

    /// <summary>On its way to a connection; repeats until there is one.</summary>
    Connecting,

    /// <summary>Connected.</summary>
    Connected,
}
