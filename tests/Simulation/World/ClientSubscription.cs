using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Tests.Simulation.Checks;
using WsCluster.Tests.Simulation.Engine;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A client's subscription to one channel: what it asks for, and what it believes.</summary>
internal sealed class ClientSubscription(SimulatedCluster world, SimulatedClient client, string channel)
{
    private readonly SubscriptionTraits _traits = new()
    {
        Positioned = world.Options(channel).HasHistory && world.Loop.Random.Next(4) > 0,
        Recoverable = true,
        Presence = world.Options(channel).Presence,
        EmitsJoinLeave = world.Options(channel).JoinLeave,
        ReceivesJoinLeave = world.Options(channel).JoinLeave && world.Loop.Random.Next(2) == 0,
    };

    private readonly bool _rejectsUnrecovered = world.Loop.Random.Next(6) == 0;
    private SubscriberCheck? _check;
    private State _state;
    private uint _command;
    private StreamPosition? _asked;

    private enum State
    {
        Idle,
        Subscribing,
        Live,
        Unsubscribing,
    }

    public string Channel => channel;

    /// <summary>True while the client wants the channel.</summary>
    public bool IsWanted { get; private set; }

    public bool IsLive => _state == State.Live;

    public bool IsIdle => _state == State.Idle;

    public bool IsPositioned => _traits.Positioned;

    public bool IsPresent => _traits.Presence;

    /// <summary>Where the subscriber stands; null when it never was positioned.</summary>
    public StreamPosition? Position => Check.Position;

    /// <summary>The payload that it got last.</summary>
    public string? Last => Check.Last;

    private SubscriberCheck Check => _check ??= new SubscriberCheck(world.Journal, world.Fail, client.Name, channel, _traits.Positioned, world.MaxRecoveryPublications);

    public void Want()
    {
        IsWanted = true;
        Subscribe();
    }

    public void Unwant()
    {
        IsWanted = false;
        if (_state == State.Live && client.Socket is { } socket)
        {
            _state = State.Unsubscribing;
            var id = _command = client.NextCommand();
            world.Trace?.Add($"{client.Name} unsubscribes {channel}");
            socket.Up(async () =>
            {
                await socket.Gateway.Subscriptions.UnsubscribeAsync(socket.Connection, channel);
                socket.Connection.Send(new Reply { Id = id, Unsubscribe = new UnsubscribeResult() });
            });
        }
    }

    public void Connected() => Subscribe();

    public void Disconnected()
    {
        _state = State.Idle;
    }

    /// <summary>Takes the reply to its command. False when it is another's.</summary>
    public bool TryAnswer(Reply reply)
    {
        if (reply.Id != _command || _state is not (State.Subscribing or State.Unsubscribing))
        {
            return false;
        }

        if (reply.Unsubscribe is not null)
        {
            _state = State.Idle;
            Subscribe();
        }
        else if (reply.Subscribe is { } result)
        {
            _state = State.Live;
            world.Trace?.Add($"{client.Name} is subscribed to {channel} at {result.Offset}+{result.Publications.Count}{(result.Recovered ? " recovered" : "")}");
            Check.Subscribed(_asked, result);
            if (!IsWanted)
            {
                Unwant();
            }
        }
        else
        {
            _state = State.Idle;
            Refused((ErrorCode)reply.Error.Code);
        }

        return true;
    }

    public void Receive(Push push)
    {
        if (push.Unsubscribe is { } unsubscribe)
        {
            Unsubscribed(unsubscribe.Code);
        }
        else if (_state != State.Live)
        {
            if (_state != State.Unsubscribing)
            {
                world.Fail($"{client.Name} got a push of {channel} outside of a subscription");
            }
        }
        else if (push.Pub is { } publication)
        {
            Check.Received(publication);
        }
        else if (!_traits.ReceivesJoinLeave)
        {
            world.Fail($"{client.Name} got a join or leave of {channel} that it did not ask for");
        }
    }

    private void Subscribe()
    {
        if (!IsWanted || _state != State.Idle || client.Socket is not { } socket)
        {
            return;
        }

        _state = State.Subscribing;
        var id = _command = client.NextCommand();
        _asked = _traits.Positioned ? Check.Position : null;
        world.Trace?.Add($"{client.Name} subscribes {channel} from {(_asked is { } from ? $"{world.Trace.Name("e", from.Epoch)}/{from.Offset}" : "now")}");
        var plan = new SubscriptionPlan
        {
            Channel = channel,
            Options = world.Options(channel),
            Traits = _traits,
            RecoverFrom = _asked,
            RejectUnrecovered = _rejectsUnrecovered,
        };
        socket.Up(async () =>
        {
            var connection = socket.Connection;
            var refusal = await socket.Gateway.Subscriptions.SubscribeAsync(connection, plan, serverSide: false, (_, result) =>
                connection.Send(new Reply { Id = id, Subscribe = result }));
            if (!refusal.IsNone)
            {
                connection.Send(new Reply { Id = id, Error = new Error { Code = (uint)refusal.Error } });
            }
        });
    }

    private void Refused(ErrorCode error)
    {
        world.Trace?.Add($"{client.Name}: {channel} is refused: {error}");
        if (error != ErrorCode.UnrecoverablePosition)
        {
            world.Fail($"{client.Name} is refused {channel}: {error}");
        }

        Check.Unrecoverable(_asked);
        Subscribe();
    }

    private void Unsubscribed(uint code)
    {
        world.Trace?.Add($"{client.Name} is unsubscribed from {channel} ({code})");
        if (_state is not (State.Live or State.Unsubscribing))
        {
            world.Fail($"{client.Name} got an unsubscribe push of {channel} without a subscription");
        }

        if (_state == State.Unsubscribing)
        {
            return; // the reply to its own is still to come
        }

        _state = State.Idle;
        if (code >= 2500)
        {
            Subscribe();
        }
        else
        {
            IsWanted = false;
        }
    }
}
