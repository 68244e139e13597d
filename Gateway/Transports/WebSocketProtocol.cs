using Microsoft.Extensions.Primitives;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Transports;

/// <summary>What a WebSocket handshake asks for (protocol §1.1).</summary>
internal static class WebSocketProtocol
{
    private const string JsonSubprotocol = "centrifuge-json";
    private const string ProtobufSubprotocol = "centrifuge-protobuf";
    private const string NativePings = "cf_ws_frame_ping_pong";

    /// <summary>Protobuf when the subprotocol or the query asks for it, JSON otherwise; and the subprotocol to echo.</summary>
    public static (ProtocolKind Protocol, string? Subprotocol) Negotiate(IEnumerable<string> offered, Func<string, StringValues> query)
    {
        var subprotocol = offered.FirstOrDefault(p => p is JsonSubprotocol or ProtobufSubprotocol);
        var protobuf = subprotocol == ProtobufSubprotocol || query("format") == "protobuf" || query("cf_protocol") == "protobuf";
        return (protobuf ? ProtocolKind.Protobuf : ProtocolKind.Json, subprotocol);
    }

    /// <summary>How the connection is to be pinged: by WebSocket frames when the query asks for it.</summary>
    public static PingKind PingsOf(Func<string, StringValues> query) => query(NativePings) == "true" ? PingKind.Frames : PingKind.Messages;
}
