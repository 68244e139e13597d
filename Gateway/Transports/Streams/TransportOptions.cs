using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.Transports.Streams;

/// <summary>The transports beside WebSocket, bound from <c>WsCluster:Transports</c>; docs/transports.md shows each.</summary>
internal sealed class TransportOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Transports";

    /// <summary>HTTP streaming at <c>/connection/http_stream</c>, to which SDKs fall back where WebSockets are blocked.</summary>
    public bool HttpStream { get; set; } = true;

    /// <summary>Event streams (EventSource) at <c>/connection/sse</c>, the SDKs' second fall-back.</summary>
    public bool Sse { get; set; } = true;

    /// <summary>HTTP streaming without commands, at <c>/connection/uni_http_stream</c>.</summary>
    public bool UniHttpStream { get; set; } = true;

    /// <summary>Event streams without commands, at <c>/connection/uni_sse</c>.</summary>
    public bool UniSse { get; set; } = true;

    /// <summary>WebSockets without commands, at <c>/connection/uni_websocket</c>.</summary>
    public bool UniWebSocket { get; set; } = true;

    /// <summary>
    /// Open streams of this gateway, which count among its connections too; one more is refused with HTTP status 503. A stream
    /// costs several times the memory of a WebSocket.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxStreams { get; set; } = 50_000;

    /// <summary>Bytes that one client sent by requests and that wait to be carried out; more is refused with HTTP status 503.</summary>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int MaxUplinkBytesPerSession { get; set; } = 256 * 1024;

    /// <summary>The same for all clients of this gateway together, and for what it forwards to other gateways.</summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int MaxUplinkBytes { get; set; } = 64 * 1024 * 1024;
}
