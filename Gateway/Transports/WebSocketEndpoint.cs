using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Transports.Deflate;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Opens WebSocket connections at <c>/connection/websocket</c> (protocol §1) that came through the HTTP server: over TLS or
/// HTTP/2, later on a kept connection, with native pings, and those that must be refused.
/// </summary>
internal sealed class WebSocketEndpoint(
    ConnectionHost host,
    HandshakeGate gate,
    DeflateGate deflate,
    DeadlineClock clock,
    WriterShards shards,
    GatewayMetrics metrics,
    IOptionsMonitor<GatewayOptions> options,
    IOptionsMonitor<ProxyOptions> proxy)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/connection/websocket";

    /// <summary>The query parameter that asks for WebSocket pings instead of the protocol's own.</summary>
    public const string NativePings = "cf_ws_frame_ping_pong";

    /// <summary>Serves one request from the handshake to the end of its connection.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        // RFC 6455 §4.1 and RFC 8441 §4. The framework is more lenient: it upgrades HTTP/1.0, "get", and two versions.
        var request = context.Request;
        var isHandshake = HttpProtocol.IsHttp11(request.Protocol) ? request.Method == "GET" : HttpProtocol.IsHttp2(request.Protocol);
        isHandshake &= request.Headers.SecWebSocketVersion is ["13"];
        if (!isHandshake || !context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("This address speaks WebSocket only.");
            return;
        }

        var answer = gate.Decide(context, out var taken);
        using var place = taken;
        if (answer != HandshakeAnswer.Taken)
        {
            metrics.ConnectionRefused(answer.Reason());
            context.Response.StatusCode = answer.Status();
            return;
        }

        var (protocol, subprotocol) = WebSocketProtocol.Negotiate(
            context.WebSockets.WebSocketRequestedProtocols, name => context.Request.Query[name]);
        var gateway = options.CurrentValue;
        var nativePings = context.Request.Query[NativePings] == "true";
        var abort = GentleAbort.Install(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = subprotocol,
            DangerousEnableCompression = await deflate.AllowsAsync(context.Request),
            DisableServerContextTakeover = true, // no window between messages: memory, and nothing to learn from their lengths
            KeepAliveInterval = nativePings && gateway.PingInterval > TimeSpan.Zero ? gateway.PingInterval : Timeout.InfiniteTimeSpan,
            KeepAliveTimeout = nativePings ? gateway.PongTimeout : Timeout.InfiniteTimeSpan,
        });
        var transport = new WebSocketTransport(socket, protocol, gateway.CloseTimeout, abort);
        var connection = new Connection(transport, ProtocolCodecs.For(protocol), gateway, clock, pings: !nativePings, shards.Next())
        {
            HttpHeaders = ProxyHeaders.Read(context.Request, proxy.CurrentValue),
        };
        await host.RunAsync(connection, transport.Name, process => transport.ReadAsync(connection, gateway.MaxMessageBytes, process));
    }
}
