using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Transports.Deflate;

namespace WsCluster.Gateway.Transports;

/// <summary>
/// Opens WebSocket connections at <c>/connection/websocket</c> (protocol §1) that came through the HTTP server: over TLS or
/// HTTP/2, later on a kept connection, and those that must be refused.
/// </summary>
internal sealed class WebSocketEndpoint(
    ConnectionHost host,
    HttpHandshake handshake,
    DeflateGate deflate,
    DeadlineClock clock,
    WriterShards shards,
    IOptionsMonitor<GatewayOptions> options,
    IOptionsMonitor<ProxyOptions> proxy)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/connection/websocket";

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
        var extension = await deflate.AnswerAsync(
            request.Headers.SecWebSocketExtensions.ToString(), request.Headers.Authorization.ToString(), request.Query[DeflateGate.TokenParameter]);
        var stream = await HttpHandshake.AcceptAsync(context, subprotocol, extension);
        await using var transport = new UpgradedTransport(stream, context, gateway.CloseTimeout, deflates: extension is not null);
        var pings = WebSocketProtocol.PingsOf(name => request.Query[name]);
        var connection = new Connection(transport, ProtocolCodecs.For(protocol), gateway, clock, pings, shards.Next())
        {
            HttpHeaders = ProxyHeaders.Read(request, proxy.CurrentValue),
        };
        await host.RunAsync(connection, transport.Name, process => transport.ReadAsync(connection, gateway.MaxMessageBytes, process));
    }
}
