using System.Buffers;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>
/// Where a channel's deliveries go: to the outbox of each gateway, and while the channel is hot once to each relay that has taken
/// gateways over. A gateway moves between two entries: whatever the channel delivers before goes the one way, whatever comes after the
/// other, and both ways say where the cut is (<see cref="RelayStint"/>). Leases, presence and everything that a gateway must hear of the
/// channel's silo stay where they are, so a relay that fails costs its gateways no more than subscribing again.
/// Safe to use from any thread.
/// </summary>
internal sealed class ChannelFanOut
{
    /// <summary>Gateways that move at one look, so that nobody waits long for the lock and a relay that fails has few.</summary>
    public const int MovesAtATime = 32;

    private readonly string _channel;
    private readonly HotChannels _hot;
    private readonly OutboxOwner _owner; // of the outboxes that lead to relays
    private readonly Lock _sync = new(); // guards the fields below; the order of all deliveries
    private readonly Dictionary<string, FanOutRoute> _routes = new(StringComparer.Ordinal); // by gateway
    private readonly Dictionary<string, RelayUse> _relays = new(StringComparer.Ordinal); // by silo
    private readonly ChannelHeat _heat;
    private readonly long _life;
    private GatewayOutbox[] _targets = [];
    private long _stints;
    private long _entries;
    private long _entriesAtLook;
    private long _lookedAt;
    private int _sends; // since the window began; only while nobody looks
    private long _windowAt;
    private bool _isWatched;
    private bool _isLooking;
    private bool _isClosed;

    public ChannelFanOut(string channel, HotChannels hot)
    {
        _channel = channel;
        _hot = hot;
        _heat = new ChannelHeat(hot.Options);
        _life = hot.Time.GetUtcNow().UtcTicks;
        _owner = new OutboxOwner((siloId, _) =>
        {
            GiveUp(siloId);
            return Task.CompletedTask;
        });
    }

    /// <summary>Outboxes that the next entry goes to.</summary>
    public int Targets
    {
        get
        {
            lock (_sync)
            {
                return _targets.Length;
            }
        }
    }

    /// <summary>
    /// Delivers to a gateway, itself: one that subscribes again, from a relay, has a reason. Returns the newest stint, which is over for
    /// this gateway.
    /// </summary>
    public RelayStint Set(GatewayLane lane, GatewayOutbox outbox, bool followsRelays)
    {
        lock (_sync)
        {
            if (_routes.TryGetValue(lane.GatewayId, out var route))
            {
                End(route, trouble: true);
            }

            _routes[lane.GatewayId] = route?.Renew(lane, outbox, followsRelays) ?? new FanOutRoute(lane, outbox, followsRelays);
            Changed();
            return new RelayStint(_life, _stints);
        }
    }

    /// <summary>No longer delivers to a gateway.</summary>
    public void Remove(string gatewayId)
    {
        lock (_sync)
        {
            if (_routes.Remove(gatewayId, out var route))
            {
                End(route, trouble: false);
                Changed();
            }
        }
    }

    /// <summary>Queues an entry for all gateways.</summary>
    public void Deliver(ReadOnlySpan<byte> entry, byte[]? trace)
    {
        lock (_sync)
        {
            var targets = _targets;
            foreach (var outbox in targets)
            {
                outbox.Enqueue(entry, trace); // a closed outbox drops it: its gateway is gone, and the grain is about to be told
            }

            _hot.Metrics.Sent(targets.Length);
            _entries++;
            if (!_isWatched)
            {
                Notice();
            }
        }
    }

    /// <summary>Tells each gateway itself that the channel leaves this silo.</summary>
    public void Move(ReadOnlySpan<byte> entry)
    {
        lock (_sync)
        {
            foreach (var route in _routes.Values)
            {
                End(route, trouble: false);
                route.Outbox.Enqueue(entry);
            }

            Changed();
        }
    }

    /// <summary>Ends all deliveries; what is queued still goes.</summary>
    public void Close()
    {
        lock (_sync)
        {
            foreach (var route in _routes.Values)
            {
                End(route, trouble: false);
            }

            _routes.Clear();
            Changed();
            Unwatch();
            _isClosed = true;
        }
    }

    /// <summary>Looks how hot the channel is, and moves some of its gateways.</summary>
    public async Task LookAsync()
    {
        if (!TryBeginLook(out var usable))
        {
            return;
        }

        try
        {
            if (_heat.IsHot) // only looks change it, one at a time
            {
                foreach (var (siloId, gateways) in Choose(usable))
                {
                    await HandOverAsync(siloId, gateways);
                }
            }
            else
            {
                TakeBack();
            }
        }
        finally
        {
            EndLook();
        }
    }

    private bool TryBeginLook(out IReadOnlyList<string> usable)
    {
        usable = _hot.Links.Usable();
        lock (_sync)
        {
            if (_isClosed || _isLooking)
            {
                return false;
            }

            _isLooking = true;
            var now = _hot.Time.GetTimestamp();
            var wasHot = _heat.IsHot;
            _heat.Look(_routes.Count, usable.Count, _entries - _entriesAtLook, _hot.Time.GetElapsedTime(_lookedAt, now));
            _lookedAt = now;
            _entriesAtLook = _entries;
            if (_heat.IsHot != wasHot)
            {
                HeatChanged();
            }

            return true;
        }
    }

    private void HeatChanged()
    {
        if (_heat.IsHot)
        {
            _hot.Metrics.ChannelPromoted();
            RelayLog.Promoted(_hot.Logger, _channel, _routes.Count);
        }
        else
        {
            _hot.Metrics.ChannelDemoted();
            RelayLog.Demoted(_hot.Logger, _channel, _routes.Count);
        }
    }

    private void EndLook()
    {
        lock (_sync)
        {
            _isLooking = false;
            if (!_isClosed && !_heat.IsHot && _relays.Count == 0)
            {
                Unwatch(); // a publication wakes it again
            }
        }
    }

    /// <summary>Some gateways that relays may take over, each for the relay that has the fewest.</summary>
    private Dictionary<string, List<FanOutRoute>> Choose(IReadOnlyList<string> usable)
    {
        var chosen = new Dictionary<string, List<FanOutRoute>>(StringComparer.Ordinal);
        if (usable.Count == 0)
        {
            return chosen;
        }

        lock (_sync)
        {
            foreach (var route in _routes.Values.Where(route => route.MayMove(_hot.Time)).Take(MovesAtATime))
            {
                var siloId = usable
                    .Where(silo => silo != route.Shunned || usable.Count == 1)
                    .MinBy(silo => (_relays.GetValueOrDefault(silo)?.Gateways ?? 0) + (chosen.GetValueOrDefault(silo)?.Count ?? 0))!;
                if (!chosen.TryGetValue(siloId, out var routes))
                {
                    chosen.Add(siloId, routes = []);
                }

                routes.Add(route);
            }
        }

        return chosen;
    }

    /// <summary>Has a relay take gateways over. Nobody is moved to one that does not answer.</summary>
    private async Task HandOverAsync(string siloId, List<FanOutRoute> gateways)
    {
        RelayUse use;
        lock (_sync)
        {
            if (_isClosed)
            {
                return;
            }

            if (!_relays.TryGetValue(siloId, out use!))
            {
                _relays.Add(siloId, use = new RelayUse(siloId, _hot.Links.Attach(siloId, _channel, _owner)));
            }

            use.IsOpening = true;
        }

        var answers = await _hot.Links.TryIntroduceAsync(siloId, use.Outbox, [.. gateways.Select(route => route.Lane)]);
        lock (_sync)
        {
            use.IsOpening = false;
            foreach (var route in gateways)
            {
                if (answers && !_isClosed && !use.Outbox.IsClosed && route.MayMove(_hot.Time)
                    && _routes.GetValueOrDefault(route.Lane.GatewayId) == route)
                {
                    Begin(route, use);
                }
            }

            Changed();
        }
    }

    private void TakeBack()
    {
        lock (_sync)
        {
            foreach (var route in _routes.Values.Where(route => route.Relay is not null).Take(MovesAtATime))
            {
                End(route, trouble: false);
            }

            Changed();
        }
    }

    /// <summary>A relay is lost: its gateways subscribe again, and read from history what they missed.</summary>
    private void GiveUp(string siloId)
    {
        var moved = new ArrayBufferWriter<byte>(64);
        DeliveryWriter.Write(moved, DeliveryKind.Moved, _channel, []);
        lock (_sync)
        {
            if (!_relays.TryGetValue(siloId, out var use) || !use.Outbox.IsClosed)
            {
                return; // another outbox leads there by now
            }

            _hot.Links.Avoid(siloId);
            _hot.Metrics.RelayFailed();
            RelayLog.GivenUp(_hot.Logger, _channel, siloId, use.Gateways);
            foreach (var route in _routes.Values.Where(route => route.Relay == use))
            {
                End(route, trouble: false); // the relay rests, not they
                route.Outbox.Enqueue(moved.WrittenSpan);
            }

            Changed();
        }
    }

    /// <summary>The cut: what follows goes to the relay, which passes it on from there, and the gateway is told to expect it.</summary>
    private void Begin(FanOutRoute route, RelayUse use)
    {
        var stint = new RelayStint(_life, ++_stints);
        if (Tell(use.Outbox, DeliveryKind.RelayAdd, stint, route.Lane.Name))
        {
            Tell(route.Outbox, DeliveryKind.Relayed, stint, use.SiloId + OutboxContext.RelaySuffix);
            route.Begin(use, stint, _hot.Time);
            _hot.Metrics.GatewaysRelayed(1);
        }
    }

    /// <summary>The cut back: the relay ends the stint with what was queued for it so far.</summary>
    private void End(FanOutRoute route, bool trouble)
    {
        if (route.Relay is { } use)
        {
            Tell(use.Outbox, DeliveryKind.RelayRemove, route.Stint, route.Lane.Name);
            route.End(trouble, _hot.Time);
            _hot.Metrics.GatewaysRelayed(-1);
        }
    }

    private bool Tell(GatewayOutbox outbox, DeliveryKind kind, RelayStint stint, string name)
    {
        var entry = new ArrayBufferWriter<byte>(128);
        DeliveryWriter.WriteStint(entry, kind, _channel, stint, name);
        return outbox.Enqueue(entry.WrittenSpan);
    }

    private void Changed()
    {
        foreach (var (siloId, use) in _relays)
        {
            if (use.Gateways == 0 && !use.IsOpening)
            {
                _hot.Links.Detach(use.Outbox, _owner);
                _relays.Remove(siloId); // a dictionary allows removal while it is walked
            }
        }

        _targets =
        [
            .. _routes.Values.Where(route => route.Relay is null).Select(route => route.Outbox),
            .. _relays.Values.Select(use => use.Outbox),
        ];
    }

    /// <summary>Is anybody to look? The clock is read once for many sends.</summary>
    private void Notice()
    {
        _sends += _routes.Count;
        var isOver = _routes.Count >= _hot.Options.Gateways;
        if (!isOver && _sends >= _hot.Options.SendsPerSecond)
        {
            var now = _hot.Time.GetTimestamp();
            isOver = _windowAt != 0 && _hot.Time.GetElapsedTime(_windowAt, now) <= TimeSpan.FromSeconds(1);
            _windowAt = now;
            _sends = 0;
        }

        if (isOver && !_isClosed)
        {
            _isWatched = true;
            _lookedAt = _hot.Time.GetTimestamp();
            _entriesAtLook = _entries - 1; // this one counts
            _hot.Watch(this);
        }
    }

    private void Unwatch()
    {
        if (_isWatched)
        {
            _isWatched = false;
            if (_heat.IsHot)
            {
                _hot.Metrics.ChannelDemoted(); // it ends while it is hot
            }

            _hot.Forget(this);
        }
    }
}
