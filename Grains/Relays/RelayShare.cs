using System.Buffers;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>The gateways that a relay passes one channel on to. Not thread-safe: the lock of its <see cref="RelaySource"/> guards it.</summary>
internal sealed class RelayShare
{
    private readonly string _channel;
    private readonly RelayOutboxes _outboxes;
    private readonly OutboxOwner _owner;
    private readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal); // by the gateway's lane
    private GatewayOutbox[] _targets = [];

    private readonly record struct Part(GatewayOutbox Outbox, RelayStint Stint);

    /// <param name="channel">The channel.</param>
    /// <param name="outboxes">Deliver to gateways.</param>
    /// <param name="gatewayLost">Called when a gateway is lost; it must call <see cref="RemoveLost"/>.</param>
    public RelayShare(string channel, RelayOutboxes outboxes, Action<RelayShare> gatewayLost)
    {
        _channel = channel;
        _outboxes = outboxes;
        _owner = new OutboxOwner((_, _) =>
        {
            gatewayLost(this);
            return Task.CompletedTask;
        });
    }

    public string Channel => _channel;

    public int Count => _parts.Count;

    /// <summary>Passes on from here to one more gateway, which is told that its stint begins.</summary>
    public void Add(GatewayLane lane, RelayStint stint)
    {
        GatewayOutbox outbox;
        try
        {
            outbox = _outboxes.Attach(lane, _owner);
        }
        catch (WsClusterException)
        {
            return; // of a gateway's process that another one has replaced: nobody waits for it
        }

        _parts[lane.Name] = new Part(outbox, stint);
        Changed();
        Tell(outbox, DeliveryKind.RelayBegin, stint);
    }

    /// <summary>Ends a gateway's stint, unless it has a newer one.</summary>
    public void Remove(string lane, RelayStint stint)
    {
        if (_parts.TryGetValue(lane, out var part) && part.Stint == stint)
        {
            Tell(part.Outbox, DeliveryKind.RelayEnd, stint);
            Forget(lane);
            Changed();
        }
    }

    /// <summary>Forgets gateways that are gone.</summary>
    public void RemoveLost()
    {
        foreach (var (lane, part) in _parts)
        {
            if (part.Outbox.IsClosed)
            {
                Forget(lane); // a dictionary allows removal while it is walked
            }
        }

        Changed();
    }

    /// <summary>Queues entries for all of the gateways.</summary>
    public void Deliver(ReadOnlySpan<byte> entries)
    {
        foreach (var outbox in _targets)
        {
            outbox.Enqueue(entries);
        }
    }

    /// <summary>Ends all deliveries; <paramref name="moved"/> has the gateways subscribe again.</summary>
    public void Close(bool moved)
    {
        var entry = new ArrayBufferWriter<byte>(64);
        DeliveryWriter.Write(entry, DeliveryKind.Moved, _channel, []);
        foreach (var outbox in _targets)
        {
            if (moved)
            {
                outbox.Enqueue(entry.WrittenSpan);
            }

            _outboxes.Detach(outbox, _owner);
        }

        _parts.Clear();
        _targets = [];
    }

    private void Forget(string lane)
    {
        if (_parts.Remove(lane, out var part))
        {
            _outboxes.Detach(part.Outbox, _owner);
        }
    }

    private void Changed() => _targets = [.. _parts.Values.Select(part => part.Outbox)];

    private void Tell(GatewayOutbox outbox, DeliveryKind kind, RelayStint stint)
    {
        var entry = new ArrayBufferWriter<byte>(64);
        DeliveryWriter.WriteStint(entry, kind, _channel, stint);
        outbox.Enqueue(entry.WrittenSpan);
    }
}
