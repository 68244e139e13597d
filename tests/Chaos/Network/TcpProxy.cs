using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WsCluster.Tests.Chaos.Network;

/// <summary>What a proxy does with what it carries.</summary>
internal enum Carriage
{
    /// <summary>Carries everything.</summary>
    Open,

    /// <summary>Accepts and keeps connections and carries nothing: the other side is silent, and nobody is told.</summary>
    HalfOpen,

    /// <summary>Breaks connections and accepts none.</summary>
    Cut,
}

/// <summary>Carries TCP connections to a server, and can delay, silence or cut them.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private readonly Task _accepting;
    private volatile Carriage _carriage = Carriage.Open;

    public TcpProxy(IPAddress address, IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(address, 0);
        _listener.Start(512);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>How long everything takes in each direction in addition.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>What it does. A half-open proxy goes on carrying, with nothing lost, when it is open again.</summary>
    public Carriage Carriage
    {
        get => _carriage;
        set
        {
            _carriage = value;
            if (value == Carriage.Cut)
            {
                BreakAll();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        BreakAll();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private void BreakAll()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                if (_carriage == Carriage.Cut)
                {
                    client.Close(0);
                    continue;
                }

                var connection = new ProxiedConnection(this, client);
                _connections[connection] = Task.CompletedTask;
                _connections[connection] = RunAsync(connection);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // a client that gave up, or the end
            }
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        await connection.RunAsync(_target, _stop.Token);
        _connections.TryRemove(connection, out _);
    }
}
