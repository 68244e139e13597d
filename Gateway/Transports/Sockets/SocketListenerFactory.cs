using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Transports.Sockets.Reactor;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// Listens on the HTTP server's plain TCP endpoints for it. Endpoints with TLS, and any that share a port with one, stay with the
/// server's own sockets: nobody may talk past TLS there.
/// </summary>
internal sealed class SocketListenerFactory(IServiceProvider services, IOptions<SocketTransportOptions> options, ILogger<SocketListenerFactory> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ConcurrentDictionary<int, bool> _tlsPorts = new();
    private readonly SocketTransportOptions _options = options.Value;

    /// <summary>Learns what an endpoint speaks. Called for each, when its pipeline is built and before it is bound.</summary>
    public void Learn(ListenOptions endpoint)
    {
        if (endpoint.IPEndPoint is { } address && endpoint.ToString()?.StartsWith("http://", StringComparison.Ordinal) != true)
        {
            _tlsPorts[address.Port] = true;
        }
    }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint address && !_tlsPorts.ContainsKey(address.Port);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = _options.CreateBoundListenSocket(endpoint);
        try
        {
            socket.Listen(_options.Backlog);
            return ValueTask.FromResult(Listen(socket));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException(e.Message, e);
        }
    }

    private IConnectionListener Listen(Socket socket)
    {
        var reactor = services.GetRequiredService<ReactorThreads>(); // late, as the others: they need the cluster, which starts before the server binds
        return reactor.IsOn
            ? new ReactorListener(socket, services.GetRequiredService<WebSocketUpgrades>(), CreateHttpConnections(), reactor, logger)
            : new SocketListener(socket, services.GetRequiredService<SocketTakeover>(), CreateHttpConnections(), logger);
    }

    /// <summary>Makes connections for the HTTP server, configured as its own would be.</summary>
    private SocketConnectionContextFactory CreateHttpConnections() => new(
        new SocketConnectionFactoryOptions
        {
            IOQueueCount = _options.IOQueueCount,
            WaitForDataBeforeAllocatingBuffer = _options.WaitForDataBeforeAllocatingBuffer,
            MaxReadBufferSize = _options.MaxReadBufferSize,
            MaxWriteBufferSize = _options.MaxWriteBufferSize,
            UnsafePreferInlineScheduling = _options.UnsafePreferInlineScheduling,
        },
        logger);
}
