using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Transports;

/// <summary>Opens WebSocket connections at <c>/connection/websocket</c> (protocol §1).</summary>
internal sealed class WebSocketEndpoint(
    ConnectionHost host, OriginPolicy origins, DeadlineClock clock, IOptionsMonitor<GatewayOptions> options)
{
    private const string JsonSubprotocol = "centrifuge-json";
    private const string ProtobufSubprotocol = "centrifuge-protobuf";

    /// <summary>Serves one request from the handshake to the end of its connection.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("This address speaks WebSocket only.");
            return;
        }

        if (!origins.Allows(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (host.IsDraining)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var (protocol, subprotocol) = Negotiate(context);
        var gateway = options.CurrentValue;
        var nativePings = context.Request.Query["cf_ws_frame_ping_pong"] == "true";
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = subprotocol,
            KeepAliveInterval = nativePings && gateway.PingInterval > TimeSpan.Zero ? gateway.PingInterval : Timeout.InfiniteTimeSpan,
            KeepAliveTimeout = nativePings ? gateway.PongTimeout : Timeout.InfiniteTimeSpan,
        });
        var transport = new WebSocketTransport(socket, protocol, gateway.CloseTimeout);
        var connection = new Connection(transport, ProtocolCodecs.For(protocol), gateway, clock, pings: !nativePings);
        await host.RunAsync(connection, transport.Name, process => transport.ReadAsync(connection, gateway.MaxMessageBytes, process));
    }

    /// <summary>Protobuf when the subprotocol or the query asks for it, JSON otherwise (§1.1).</summary>
    private static (ProtocolKind Protocol, string? Subprotocol) Negotiate(HttpContext context)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var subprotocol = offered.FirstOrDefault(p => p is JsonSubprotocol or ProtobufSubprotocol);
        var query = context.Request.Query;
        var protobuf = subprotocol == ProtobufSubprotocol || query["format"] == "protobuf" || query["cf_protocol"] == "protobuf";
        return (protobuf ? ProtocolKind.Protobuf : ProtocolKind.Json, subprotocol);
    }
}
