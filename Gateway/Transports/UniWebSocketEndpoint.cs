using System.Text;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Transports.Streams;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Opens WebSocket connections that only get pushes (protocol §25). The connect request is in the address or the first
/// message; what comes after is read and ignored.
/// </summary>
internal sealed class UniWebSocketEndpoint(
    ConnectionHost host,
    HandshakeGate gate,
    DeadlineClock clock,
    WriterShards shards,
    GatewayMetrics metrics,
    IOptionsMonitor<GatewayOptions> options,
    IOptionsMonitor<ProxyOptions> proxy)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/connection/uni_websocket";

    /// <summary>Serves one request from the handshake to the end of its connection.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
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

        var gateway = options.CurrentValue;
        var (protocol, subprotocol) = WebSocketProtocol.Negotiate(
            context.WebSockets.WebSocketRequestedProtocols, name => context.Request.Query[name]);
        var first = context.Request.Query[StreamEndpoint.ConnectParameter];
        var abort = GentleAbort.Install(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = subprotocol,
            KeepAliveInterval = Timeout.InfiniteTimeSpan, // the protocol's own pings do it
        });
        var codec = ProtocolCodecs.UnidirectionalFor(protocol);
        var transport = new WebSocketTransport(socket, protocol, gateway.CloseTimeout, abort);
        var connection = new Connection(new PushedEnd(transport, codec), codec, gateway, clock, shard: shards.Next())
        {
            Session = Guid.NewGuid().ToString("N"),
            HttpHeaders = ProxyHeaders.Read(context.Request, proxy.CurrentValue),
        };
        await host.RunAsync(connection, PushedEnd.TransportName, async process =>
        {
            var hasConnect = first.Count > 0;
            if (hasConnect)
            {
                await process(Encoding.UTF8.GetBytes(first.ToString()));
            }

            await transport.ReadAsync(connection, gateway.MaxMessageBytes, message =>
            {
                if (hasConnect)
                {
                    return Task.CompletedTask;
                }

                hasConnect = true;
                return process(message);
            });
        });
    }

    /// <summary>Says the end by a push too, for clients that look at messages only, before the close frame says it.</summary>
    private sealed class PushedEnd(WebSocketTransport socket, IProtocolCodec codec) : ITransport
    {
        public const string TransportName = "uni_websocket";

        public string Name => TransportName;

        public bool SendsWebSocketFrames => false;

        public ValueTask SendAsync(ReadOnlyMemory<byte> frame) => socket.SendAsync(frame);

        public async ValueTask CloseAsync(int code, string reason)
        {
            if (code >= (int)DisconnectCode.Shutdown && DisconnectPush.TryEncode(codec, code, reason, out var push))
            {
                await socket.SendAsync(push);
            }

            await socket.CloseAsync(code, reason);
        }

        public void Abort() => socket.Abort();
    }
}
