using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Transports;

namespace WsCluster.Tests.Simulation.World;

/// <summary>
/// A socket between a client and a gateway: keeps the order of bytes in both directions, may stall, and may break so that
/// what is under way is lost.
/// </summary>
internal sealed class SimulatedSocket : ITransport
{
    private readonly SimulatedCluster _world;
    private readonly SimulatedGateway _gateway;
    private readonly SimulatedClient _client;
    private readonly Queue<Action> _down = new();
    private readonly Queue<Func<Task>> _up = new();
    private TaskCompletionSource? _stall;
    private bool _broken;
    private bool _downRuns;
    private bool _upRuns;

    public SimulatedSocket(SimulatedCluster world, SimulatedGateway gateway, SimulatedClient client)
    {
        (_world, _gateway, _client) = (world, gateway, client);
        Connection = gateway.Accept(this, client.Name);
    }

    public Connection Connection { get; }

    public SimulatedGateway Gateway => _gateway;

    public string Name => "simulated";

    public bool SendsWebSocketFrames => false;

    public bool IsStalled => _stall is not null;

    /// <summary>True when nothing is under way in either direction.</summary>
    public bool IsQuiet => _down.Count == 0 && _up.Count == 0 && Connection.Writer.QueuedBytes == 0;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        if (_stall is { } stall)
        {
            await stall.Task;
        }

        if (_broken)
        {
            throw new IOException("broken");
        }

        foreach (var reply in Parse(frame))
        {
            Down(() => _client.Receive(this, reply));
        }
    }

    public ValueTask CloseAsync(int code, string reason)
    {
        Down(() =>
        {
            Break(TimeSpan.FromMilliseconds(1));
            _client.Disconnected(this, code);
        });
        return ValueTask.CompletedTask;
    }

    public void Abort()
    {
        if (!_broken)
        {
            Break(TimeSpan.Zero);
            _client.Disconnected(this, 0);
        }
    }

    /// <summary>Sends a command: runs at the gateway, after those before it.</summary>
    public void Up(Func<Task> command)
    {
        _up.Enqueue(command);
        if (!_upRuns)
        {
            _upRuns = true;
            _world.Start(RunUpAsync);
        }
    }

    /// <summary>The client takes nothing any more; what the gateway has for it piles up.</summary>
    public void Stall() => _stall ??= new TaskCompletionSource();

    public void Resume()
    {
        var stall = _stall;
        _stall = null;
        stall?.TrySetResult();
    }

    /// <summary>Nothing passes any more; the gateway notices later.</summary>
    public void Break(TimeSpan noticed)
    {
        if (!_broken)
        {
            _broken = true;
            _down.Clear();
            _up.Clear();
            _world.Start(() => NoticeAsync(noticed));
        }
    }

    private static List<Reply> Parse(ReadOnlyMemory<byte> frame)
    {
        var replies = new List<Reply>();
        var input = new Google.Protobuf.CodedInputStream(frame.ToArray());
        while (!input.IsAtEnd)
        {
            var reply = new Reply();
            input.ReadMessage(reply);
            replies.Add(reply);
        }

        return replies;
    }

    private async Task NoticeAsync(TimeSpan after)
    {
        if (after > TimeSpan.Zero)
        {
            await Task.Delay(after, _world.Loop.Clock);
        }

        Resume();
        if (!_gateway.IsDead)
        {
            Connection.TransportEnded();
        }
    }

    private void Down(Action arrival)
    {
        if (_broken)
        {
            return;
        }

        _down.Enqueue(arrival);
        if (!_downRuns)
        {
            _downRuns = true;
            _world.Start(RunDownAsync);
        }
    }

    private async Task RunDownAsync()
    {
        while (_down.Count > 0)
        {
            await Task.Delay(Latency(), _world.Loop.Clock);
            for (var arrived = _down.Count; arrived > 0 && _down.TryDequeue(out var arrival); arrived--)
            {
                arrival();
            }
        }

        _downRuns = false;
    }

    private async Task RunUpAsync()
    {
        while (_up.Count > 0)
        {
            await Task.Delay(Latency(), _world.Loop.Clock);
            if (_up.TryPeek(out var command) && !_gateway.IsDead && !Connection.IsClosed)
            {
                await command();
            }

            _up.TryDequeue(out _);
        }

        _upRuns = false;
    }

    private TimeSpan Latency() => TimeSpan.FromTicks(_world.Loop.Random.Next(1_000, 100_000));
}
