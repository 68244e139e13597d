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
    HttpHandshake handshake,
    DeadlineClock clock,
    WriterShards shards,
    IOptionsMonitor<GatewayOptions> options,
    IOptionsMonitor<ProxyOptions> proxy)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/connection/uni_websocket";

    /// <summary>Serves one request from the handshake to the end of its connection.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!handshake.Admits(context, out var taken))
        {
            await HttpHandshake.RefuseAsync(context.Response);
            return;
        }

        using var place = taken;
        var gateway = options.CurrentValue;
        var request = context.Request;
        var (protocol, subprotocol) = WebSocketProtocol.Negotiate(HttpHandshake.SubprotocolsOf(request), name => request.Query[name]);
        var first = request.Query[StreamEndpoint.ConnectParameter];
        var stream = await HttpHandshake.AcceptAsync(context, subprotocol, extensions: null);
        var codec = ProtocolCodecs.UnidirectionalFor(protocol);
        await using var transport = new UpgradedTransport(stream, context, gateway.CloseTimeout);
        var connection = new Connection(new PushedEnd(transport, codec), codec, gateway, clock, shard: shards.Next())
        {
            Session = Guid.NewGuid().ToString("N"),
            HttpHeaders = ProxyHeaders.Read(request, proxy.CurrentValue),
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
    private sealed class PushedEnd(UpgradedTransport socket, IProtocolCodec codec) : ITransport
    {
        public const string TransportName = "uni_websocket";

        public string Name => TransportName;

        public bool SendsWebSocketFrames => true;

        public ValueTask SendAsync(ReadOnlyMemory<byte> frame) => socket.SendAsync(frame);

        public async ValueTask CloseAsync(int code, string reason)
        {
            if (code >= (int)DisconnectCode.Shutdown && DisconnectPush.TryEncode(codec, code, reason, out var push))
            {
                await socket.SendAsync(OutboundMessage.Create(push, codec.Kind).Frame);
            }

            await socket.CloseAsync(code, reason);
        }

        public void Abort() => socket.Abort();
    }
}
