using System.Buffers;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>
/// The relays of a channel that is or was hot, and how gateways move to them and back. A gateway moves between two entries: whatever the
/// channel delivers before goes the one way, whatever comes after the other, and both ways say where the cut is (<see cref="RelayStint"/>).
/// </summary>
/// <param name="channel">The channel.</param>
/// <param name="life">Its activation, for stints.</param>
/// <param name="hot">The silo's hot channels.</param>
/// <param name="sync">The lock of the channel's <see cref="ChannelFanOut"/>: guards everything here, and is held by who calls anything but <see cref="LookAsync"/>.</param>
/// <param name="routes">The channel's gateways.</param>
/// <param name="retarget">To be called when routes have changed.</param>
internal sealed class ChannelRelays(string channel, long life, HotChannels hot, Lock sync, List<FanOutRoute> routes, Action retarget)
{
    /// <summary>Gateways that move at one look, so that nobody waits long for the lock and a relay that fails has few.</summary>
    public const int MovesAtATime = 32;

    private readonly Dictionary<string, RelayUse> _relays = new(StringComparer.Ordinal); // by silo
    private readonly ChannelHeat _heat = new(hot.Options);
    private OutboxOwner? _owner; // of the outboxes that lead to relays
    private long _entriesAtLook;
    private long _lookedAt;
    private bool _isLooking;
    private bool _isClosed;

    /// <summary>How many stints there have been.</summary>
    public long Stints { get; private set; }

    /// <summary>True when there is nothing to look at until something is published.</summary>
    public bool IsIdle => !_isLooking && !_heat.IsHot && _relays.Count == 0;

    /// <summary>Looks begin, from this number of entries on.</summary>
    public void Begin(long entries)
    {
        _lookedAt = hot.Time.GetTimestamp();
        _entriesAtLook = entries;
    }

    /// <summary>The outboxes to relays that have gateways. Those of the others are given back.</summary>
    public GatewayOutbox[] TakeOutboxes()
    {
        foreach (var (siloId, use) in _relays)
        {
            if (use.Gateways == 0 && !use.IsOpening)
            {
                hot.Links.Detach(use.Outbox, Owner());
                _relays.Remove(siloId); // a dictionary allows removal while it is walked
            }
        }

        return [.. _relays.Values.Where(use => use.Gateways > 0).Select(use => use.Outbox)];
    }

    /// <summary>The cut back: the relay ends the stint with what was queued for it so far.</summary>
    public void End(FanOutRoute route, bool trouble)
    {
        if (route.Relay is { } use)
        {
            Tell(use.Outbox, DeliveryKind.RelayRemove, route.Stint, route.Lane.Name);
            route.End(trouble, hot.Time);
            hot.Metrics.GatewaysRelayed(-1);
        }
    }

    /// <summary>The activation ends.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var route in routes)
        {
            End(route, trouble: false);
        }

        if (_heat.IsHot)
        {
            hot.Metrics.ChannelDemoted();
        }
    }

    /// <summary>Looks how hot the channel is, and moves some of its gateways.</summary>
    /// <param name="entries">What the channel has delivered in its life.</param>
    public async Task LookAsync(long entries)
    {
        var usable = hot.Links.Usable(channel);
        lock (sync)
        {
            if (_isClosed || _isLooking)
            {
                return;
            }

            _isLooking = true;
            TakeTemperature(entries, usable.Count);
        }

        try
        {
            if (_heat.IsHot && !hot.IsRetired) // only looks change it, one at a time
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
            lock (sync)
            {
                _isLooking = false;
            }
        }
    }

    private void TakeTemperature(long entries, int silos)
    {
        var now = hot.Time.GetTimestamp();
        var wasHot = _heat.IsHot;
        _heat.Look(routes.Count, silos, entries - _entriesAtLook, hot.Time.GetElapsedTime(_lookedAt, now));
        _lookedAt = now;
        _entriesAtLook = entries;
        if (_heat.IsHot && !wasHot)
        {
            hot.Metrics.ChannelPromoted();
            RelayLog.Promoted(hot.Logger, channel, routes.Count);
        }
        else if (wasHot && !_heat.IsHot)
        {
            hot.Metrics.ChannelDemoted();
            RelayLog.Demoted(hot.Logger, channel, routes.Count);
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

        lock (sync)
        {
            foreach (var route in routes.Where(route => route.MayMove(hot.Time)).Take(MovesAtATime))
            {
                var siloId = usable
                    .Where(silo => silo != route.Shunned || usable.Count == 1)
                    .MinBy(silo => (_relays.GetValueOrDefault(silo)?.Gateways ?? 0) + (chosen.GetValueOrDefault(silo)?.Count ?? 0))!;
                if (!chosen.TryGetValue(siloId, out var gateways))
                {
                    chosen.Add(siloId, gateways = []);
                }

                gateways.Add(route);
            }
        }

        return chosen;
    }

    /// <summary>Has a relay take gateways over. Nobody is moved to one that does not answer.</summary>
    private async Task HandOverAsync(string siloId, List<FanOutRoute> gateways)
    {
        RelayUse use;
        lock (sync)
        {
            if (_isClosed)
            {
                return;
            }

            if (!_relays.TryGetValue(siloId, out use!))
            {
                _relays.Add(siloId, use = new RelayUse(siloId, hot.Links.Attach(siloId, channel, Owner())));
            }

            use.IsOpening = true;
        }

        var answers = await hot.Links.TryIntroduceAsync(siloId, use.Outbox, [.. gateways.Select(route => route.Lane)]);
        lock (sync)
        {
            use.IsOpening = false;
            foreach (var route in gateways)
            {
                if (answers && !_isClosed && !use.Outbox.IsClosed && hot.MayUse(siloId) && route.MayMove(hot.Time) && routes.Contains(route))
                {
                    Begin(route, use);
                }
            }

            retarget();
        }
    }

    private void TakeBack()
    {
        lock (sync)
        {
            foreach (var route in routes.Where(route => route.Relay is not null).Take(MovesAtATime))
            {
                End(route, trouble: false);
            }

            retarget();
        }
    }

    /// <summary>The cut: what follows goes to the relay, which passes it on from there, and the gateway is told to expect it.</summary>
    private void Begin(FanOutRoute route, RelayUse use)
    {
        var stint = new RelayStint(life, ++Stints);
        if (Tell(use.Outbox, DeliveryKind.RelayAdd, stint, route.Lane.Name))
        {
            Tell(route.Outbox, DeliveryKind.Relayed, stint, use.SiloId + OutboxContext.RelaySuffix);
            route.Begin(use, stint, hot.Time);
            hot.Metrics.GatewaysRelayed(1);
        }
    }

    private OutboxOwner Owner() => _owner ??= new OutboxOwner((siloId, _) =>
    {
        GiveUp(siloId);
        return Task.CompletedTask;
    });

    /// <summary>A relay is lost: its gateways subscribe again, and read from history what they missed.</summary>
    private void GiveUp(string siloId)
    {
        var moved = new ArrayBufferWriter<byte>(64);
        DeliveryWriter.Write(moved, DeliveryKind.Moved, channel, []);
        lock (sync)
        {
            if (!_relays.TryGetValue(siloId, out var use) || !use.Outbox.IsClosed)
            {
                return; // another outbox leads there by now
            }

            hot.Links.Avoid(siloId);
            hot.Metrics.RelayFailed();
            RelayLog.GivenUp(hot.Logger, channel, siloId, use.Gateways);
            foreach (var route in routes.Where(route => route.Relay == use))
            {
                End(route, trouble: false); // the relay rests, not they
                route.Outbox.Enqueue(moved.WrittenSpan);
            }

            retarget();
        }
    }

    private bool Tell(GatewayOutbox outbox, DeliveryKind kind, RelayStint stint, string name)
    {
        var entry = new ArrayBufferWriter<byte>(128);
        DeliveryWriter.WriteStint(entry, kind, channel, stint, name);
        return outbox.Enqueue(entry.WrittenSpan);
    }
}
