namespace WsCluster.Gateway.Connections;

/// <summary>How a connection is pinged.</summary>
internal enum PingKind
{
    /// <summary>By the protocol's own messages, which the client answers by messages (protocol §15).</summary>
    Messages,

    /// <summary>By WebSocket frames, of which the protocol knows nothing (protocol §1.1).</summary>
    Frames,

    /// <summary>Not at all.</summary>
    None,
}
