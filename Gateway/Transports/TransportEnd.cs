namespace WsCluster.Gateway.Transports;

/// <summary>Tells the end of a connection, which is daily life, from what somebody must see.</summary>
internal static class TransportEnd
{
    /// <summary>True for what sockets and streams throw when their peer is gone, or the connection is.</summary>
    public static bool Is(Exception e) =>
        e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException or System.Net.Sockets.SocketException;
}
