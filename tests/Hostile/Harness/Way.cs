namespace WsCluster.Tests.Hostile.Harness;

/// <summary>How a peer's WebSocket gets into the gateway: the rules for its frames are the same.</summary>
public enum Way
{
    /// <summary>On a socket that one of the gateway's I/O threads reads.</summary>
    Plain,

    /// <summary>On a socket of .NET's: at another gateway, which has no such threads.</summary>
    Framework,

    /// <summary>An upgrade of HTTP/1.1 over TLS.</summary>
    Tls,

    /// <summary>A stream of HTTP/2 over TLS (RFC 8441); all peers share a connection.</summary>
    Http2,
}
