using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Transports.Sockets.Reactor;

namespace WsCluster.Tests.Unit.Transports.Reactor;

/// <summary>A client, and the transport at the other end of its TCP connection, which a reactor thread serves.</summary>
internal sealed class ReactorPeer : IReady, IDisposable
{
    private readonly DeadlineClock _clock = new(TimeProvider.System, NullLogger<DeadlineClock>.Instance);

    private ReactorPeer(ReactorThread thread, Socket client)
    {
        Thread = thread;
        Client = client;
    }

    public ReactorThread Thread { get; }

    public Socket Client { get; }

    public ReactorTransport Transport { get; private set; } = null!;

    public Connection Connection { get; private set; } = null!;

    /// <summary>Ends with the transport's reading.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>Connects, and has <paramref name="process"/> get what the client sends.</summary>
    public static async Task<ReactorPeer> OpenAsync(ReactorThread thread, Func<byte[], Task> process, TimeSpan? closeTimeout = null)
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listening.LocalEndPoint!);
        var accepted = Libc.Accept((int)listening.Handle, new byte[28]);
        Assert.True(accepted >= 0);
        var peer = new ReactorPeer(thread, client);
        await thread.CallAsync(() => peer.Begin(accepted, process, closeTimeout ?? TimeSpan.FromSeconds(30)));
        return peer;
    }

    /// <summary>Receives until the server sends nothing more.</summary>
    public async Task<byte[]> ReceiveAllAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await Client.ReceiveAsync(buffer).WaitAsync(Wait.Limit) is var count and > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    public void Dispose()
    {
        Transport.Abort();
        Client.Dispose();
        _clock.Dispose();
    }

    void IReady.OnReady(Readiness readiness)
    {
        // The transport takes over before the thread looks again.
    }

    void IReady.OnStop()
    {
    }

    private void Begin(int socket, Func<byte[], Task> process, TimeSpan closeTimeout)
    {
        var token = Thread.TryWatch(socket, this);
        Assert.NotEqual(0, token);
        Transport = new ReactorTransport(Thread, socket, token, closeTimeout, deflates: false, _clock);
        Thread.Replace(token, Transport);
        Connection = new Connection(Transport, ProtocolCodecs.Json, new GatewayOptions { CloseTimeout = closeTimeout }, _clock, shard: Thread.Shard);
        Reading = Transport.ReadAsync(Connection, 64 * 1024, message => process(message.ToArray())).OffThread();
    }
}
