namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>What a client's bytes hold next.</summary>
internal enum FrameEvent
{
    /// <summary>Nothing whole: more bytes must come.</summary>
    None,

    /// <summary>A whole message, in <see cref="FrameReader.Payload"/>.</summary>
    Message,

    /// <summary>A ping, which wants its payload back.</summary>
    Ping,

    /// <summary>A pong, which answers a ping of ours or nothing.</summary>
    Pong,

    /// <summary>A close frame; its code is in <see cref="FrameReader.Code"/>.</summary>
    Close,

    /// <summary>A broken rule of RFC 6455 or RFC 7692, or a message that is too long; the code to close with is in <see cref="FrameReader.Code"/>.</summary>
    Error,
}
