using System.Net;
using System.Net.Sockets;
using WsCluster.Tests.Chaos.Network;

namespace WsCluster.Tests.Chaos.NetworkTests;

/// <summary>The proxy breaks what it is told to break, and nothing else.</summary>
public sealed class TcpProxyTests : IAsyncDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly TcpProxy _proxy;

    public TcpProxyTests()
    {
        _server.Start();
        _proxy = new TcpProxy(IPAddress.Loopback, (IPEndPoint)_server.LocalEndpoint);
    }

    [Fact]
    public async Task Open_BothDirections_CarriesBytesInOrder()
    {
        using var client = await ConnectAsync();
        using var server = await AcceptAsync();

        await client.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), await ReadAsync(server, 4));
        await server.SendAsync("pong"u8.ToArray());

        Assert.Equal("pong"u8.ToArray(), await ReadAsync(client, 4));
    }

    [Fact]
    public async Task HalfOpen_ThenOpen_CarriesWhatWasSentMeanwhile()
    {
        using var client = await ConnectAsync();
        using var server = await AcceptAsync();
        await client.SendAsync("1"u8.ToArray());
        await ReadAsync(server, 1);

        _proxy.Carriage = Carriage.HalfOpen;
        await client.SendAsync("2"u8.ToArray());
        var reading = ReadAsync(server, 1);
        Assert.NotSame(reading, await Task.WhenAny(reading, Task.Delay(200)));
        _proxy.Carriage = Carriage.Open;

        Assert.Equal("2"u8.ToArray(), await reading);
    }

    [Fact]
    public async Task Cut_ConnectionsEndAndNewOnesFail()
    {
        using var client = await ConnectAsync();
        using var server = await AcceptAsync();

        _proxy.Carriage = Carriage.Cut;

        await AssertEndsAsync(client);
        await AssertEndsAsync(server);
        await AssertRefusedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_proxy.EndPoint);
        return socket;
    }

    private async Task AssertRefusedAsync()
    {
        try
        {
            using var late = await ConnectAsync();
            await AssertEndsAsync(late);
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode); // before the connect itself had returned
        }
    }

    private async Task<Socket> AcceptAsync() => await _server.AcceptSocketAsync().WaitAsync(Patience.ForEvent);

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            read += await socket.ReceiveAsync(bytes.AsMemory(read), patience.Token);
        }

        return bytes;
    }

    private static async Task AssertEndsAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Patience.ForEvent);
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], patience.Token));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }
}
