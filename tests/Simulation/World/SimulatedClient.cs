using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Tests.Simulation.Checks;
using WsCluster.Tests.Simulation.Engine;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A client as the SDKs behave (protocol §17): connects, subscribes, remembers positions, comes again when it is cut off.</summary>
internal sealed class SimulatedClient
{
    private readonly SimulatedCluster _world;
    private readonly Dictionary<string, ClientSubscription> _subscriptions = new(StringComparer.Ordinal);
    private TaskCompletionSource _disconnected = new();
    private bool _leaving;
    private uint _lastCommand;

    public SimulatedClient(SimulatedCluster world, string name)
    {
        (_world, Name) = (world, name);
        world.Start(RunAsync);
    }

    public string Name { get; }

    public SimulatedSocket? Socket { get; private set; }

    public IReadOnlyCollection<ClientSubscription> Subscriptions => _subscriptions.Values;

    /// <summary>True once it has left for good.</summary>
    public bool IsGone => _leaving && Socket is null;

    public uint NextCommand() => ++_lastCommand;

    /// <summary>Wants the channel from now on.</summary>
    public void Subscribe(string channel)
    {
        if (!_subscriptions.TryGetValue(channel, out var subscription))
        {
            _subscriptions.Add(channel, subscription = new ClientSubscription(_world, this, channel));
        }

        subscription.Want();
    }

    public void Unsubscribe(string channel)
    {
        if (_subscriptions.TryGetValue(channel, out var subscription))
        {
            subscription.Unwant();
        }
    }

    /// <summary>Goes away: with a close, or without a word, as a phone in a tunnel does. It comes back unless it leaves for good.</summary>
    public void Disconnect(bool abruptly, bool forGood = false)
    {
        _leaving |= forGood;
        if (Socket is { } socket)
        {
            socket.Break(abruptly ? TimeSpan.FromSeconds(3 * _world.Loop.Random.NextDouble()) : TimeSpan.FromMilliseconds(1));
            Disconnected(socket, 0);
        }
    }

    /// <summary>An application ends the subscription.</summary>
    public void UnsubscribeByServer(string channel, bool resubscribes)
    {
        if (Socket is { } socket && !socket.Gateway.IsDead)
        {
            _world.Trace?.Add($"the server unsubscribes {Name} from {channel}");
            var code = resubscribes ? UnsubscribeCode.InsufficientState : UnsubscribeCode.Server;
            _world.Start(() => socket.Gateway.Subscriptions.UnsubscribeByServerAsync(
                socket.Connection, new UnsubscribeUser { Channel = channel, Code = (int)code, Reason = "" }));
        }
    }

    /// <summary>A message arrived.</summary>
    public void Receive(SimulatedSocket socket, Reply reply)
    {
        if (socket != Socket)
        {
            return;
        }

        if (reply.Push is { } push)
        {
            if (!_subscriptions.TryGetValue(push.Channel, out var subscription))
            {
                _world.Fail($"{Name} got a push of {push.Channel}, which it never wanted");
                return;
            }

            subscription.Receive(push);
            return;
        }

        foreach (var subscription in _subscriptions.Values)
        {
            if (subscription.TryAnswer(reply))
            {
                return;
            }
        }

        _world.Fail($"{Name} got a reply to no command: {reply}");
    }

    /// <summary>The socket is closed or broken.</summary>
    public void Disconnected(SimulatedSocket socket, int code)
    {
        if (socket != Socket)
        {
            return;
        }

        _world.Trace?.Add($"{Name} is disconnected from {socket.Gateway.Id} ({code})");
        Socket = null;
        foreach (var subscription in _subscriptions.Values)
        {
            subscription.Disconnected();
        }

        _disconnected.TrySetResult();
    }

    private async Task RunAsync()
    {
        while (!_leaving)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_world.Loop.Random.Next(1, 300)), _world.Loop.Clock);
            if (_leaving || _world.PickGateway() is not { } gateway)
            {
                continue;
            }

            _disconnected = new TaskCompletionSource();
            Socket = new SimulatedSocket(_world, gateway, this);
            _world.Trace?.Add($"{Name} connects to {gateway.Id} as {_world.Trace.Name("c", Socket.Connection.Id)}");
            foreach (var subscription in _subscriptions.Values)
            {
                subscription.Connected();
            }

            await _disconnected.Task;
        }
    }
}
