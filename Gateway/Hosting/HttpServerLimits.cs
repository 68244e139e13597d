using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Transports.Sockets;

namespace WsCluster.Gateway.Hosting;

/// <summary>What the HTTP server allows those who are nobody yet: the same time and the same head as a WebSocket handshake gets.</summary>
internal sealed class HttpServerLimits(IOptions<GatewayOptions> gateway) : IConfigureOptions<KestrelServerOptions>
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(60);

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(Math.Max(1, gateway.Value.StaleTimeout.TotalSeconds));
        options.Limits.MaxRequestHeadersTotalSize = WebSocketUpgrades.MaxHeadBytes;
        options.Limits.KeepAliveTimeout = KeepAlive;
    }
}
