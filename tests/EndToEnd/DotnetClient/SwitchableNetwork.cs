using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

/// <summary>Carries TCP connections to a gateway of choice, and drops them as a lost network does.</summary>
internal sealed class SwitchableNetwork : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly Task _accepting;
    private volatile GatewayProcess? _target; // null: cut

    public SwitchableNetwork(GatewayProcess target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri WebSocketAddress => new($"ws://{_listener.LocalEndpoint}/connection/websocket");

    /// <summary>Drops every connection and refuses new ones until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        _target = null;
        foreach (var socket in _sockets.Keys)
        {
            socket.Close(0);
        }
    }

    /// <summary>Carries new connections to this gateway.</summary>
    public void Restore(GatewayProcess target) => _target = target;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _sockets[client] = _sockets[server] = true;
        try
        {
            if (_target is { } target)
            {
                await server.ConnectAsync(target.Address.Host, target.Address.Port);
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }

        client.Close(0);
        _sockets.TryRemove(client, out _);
        _sockets.TryRemove(server, out _);
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
