using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>
/// Where a channel's deliveries go: to the outbox of each gateway, and while the channel is hot once to each relay that has taken
/// gateways over (<see cref="ChannelRelays"/>). Leases, presence and everything that a gateway must hear of the channel's silo stay where
/// they are, so a relay that fails costs its gateways no more than subscribing again. Safe to use from any thread.
/// </summary>
internal sealed class ChannelFanOut(string channel, HotChannels hot)
{
    private readonly Lock _sync = new(); // guards the fields below, and all of _relays; the order of all deliveries
    private readonly List<FanOutRoute> _routes = []; // one for each gateway: most channels have a few only
    private readonly long _life = hot.Time.GetUtcNow().UtcTicks;
    private ChannelRelays? _relays; // null while the channel has never been hot
    private GatewayOutbox[] _targets = [];
    private long _entries;
    private int _sends; // since the window began; only while nobody looks
    private long _windowAt;
    private bool _isWatched;
    private bool _isClosed;

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
            var index = IndexOf(lane.GatewayId);
            if (index < 0)
            {
                _routes.Add(new FanOutRoute(lane, outbox, followsRelays));
            }
            else
            {
                _relays?.End(_routes[index], trouble: true);
                _routes[index] = _routes[index].Renew(lane, outbox, followsRelays);
            }

            Retarget();
            return new RelayStint(_life, _relays?.Stints ?? 0);
        }
    }

    /// <summary>No longer delivers to a gateway.</summary>
    public void Remove(string gatewayId)
    {
        lock (_sync)
        {
            if (IndexOf(gatewayId) is var index and >= 0)
            {
                _relays?.End(_routes[index], trouble: false);
                _routes.RemoveAt(index);
                Retarget();
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

            hot.Metrics.Sent(targets.Length);
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
            foreach (var route in _routes)
            {
                _relays?.End(route, trouble: false);
                route.Outbox.Enqueue(entry);
            }

            Retarget();
        }
    }

    /// <summary>Delivers itself to the gateways that a relay has, from the next entry on: the relay passes on what it was sent before.</summary>
    /// <param name="siloId">The silo of the relay; null: all relays.</param>
    public void TakeBack(string? siloId = null)
    {
        lock (_sync)
        {
            foreach (var route in _routes.Where(route => route.Relay is { } use && (siloId is null || use.SiloId == siloId)))
            {
                _relays!.End(route, trouble: false);
            }

            Retarget();
        }
    }

    /// <summary>Ends all deliveries; what is queued still goes.</summary>
    public void Close()
    {
        lock (_sync)
        {
            _isClosed = true;
            _relays?.Close();
            _routes.Clear();
            Retarget();
            Unwatch();
        }
    }

    /// <summary>Looks how hot the channel is, and moves some of its gateways.</summary>
    public async Task LookAsync()
    {
        ChannelRelays relays;
        long entries;
        lock (_sync)
        {
            if (!_isWatched || _relays is null)
            {
                return;
            }

            relays = _relays;
            entries = _entries;
        }

        await relays.LookAsync(entries);
        lock (_sync)
        {
            if (relays.IsIdle)
            {
                Unwatch(); // a publication wakes it again
            }
        }
    }

    private int IndexOf(string gatewayId)
    {
        for (var i = 0; i < _routes.Count; i++)
        {
            if (_routes[i].Lane.GatewayId == gatewayId)
            {
                return i;
            }
        }

        return -1;
    }

    private void Retarget() => _targets =
    [
        .. _routes.Where(route => route.Relay is null).Select(route => route.Outbox),
        .. _relays?.TakeOutboxes() ?? [],
    ];

    /// <summary>Is anybody to look? The clock is read once for many sends.</summary>
    private void Notice()
    {
        _sends += _routes.Count;
        var isOver = _routes.Count >= hot.Options.Gateways;
        if (!isOver && _sends >= hot.Options.SendsPerSecond)
        {
            var now = hot.Time.GetTimestamp();
            isOver = _windowAt != 0 && hot.Time.GetElapsedTime(_windowAt, now) <= TimeSpan.FromSeconds(1);
            _windowAt = now;
            _sends = 0;
        }

        if (isOver && !_isClosed)
        {
            _isWatched = true;
            _relays ??= new ChannelRelays(channel, _life, hot, _sync, _routes, Retarget);
            _relays.Begin(_entries - 1); // this one counts
            hot.Watch(this);
        }
    }

    private void Unwatch()
    {
        if (_isWatched)
        {
            _isWatched = false;
            hot.Forget(this);
        }
    }
}
