using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>How a channel reaches one of its gateways: by the gateway's outbox, or by a relay. The lock of the channel's <see cref="ChannelFanOut"/> guards it.</summary>
internal sealed class FanOutRoute(GatewayLane lane, GatewayOutbox outbox, bool followsRelays)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Proven = TimeSpan.FromMinutes(1);
    private const int MostTroubles = 8; // beyond, the rest does not get longer: about ten minutes

    private int _troubles; // in a row
    private long _movedAt;
    private TimeSpan _rest; // after the last move
    private bool _hasMoved;

    public GatewayLane Lane => lane;

    /// <summary>The way without a relay. It also carries what ends or begins a stint, and keeps the gateway's lease.</summary>
    public GatewayOutbox Outbox => outbox;

    /// <summary>The relay that is used; null: none.</summary>
    public RelayUse? Relay { get; private set; }

    /// <summary>The stint at the relay.</summary>
    public RelayStint Stint { get; private set; }

    /// <summary>The silo whose relay the gateway left last without being told to; it gets another one if there is.</summary>
    public string? Shunned { get; private set; }

    /// <summary>True when a relay may take the gateway over now.</summary>
    public bool MayMove(TimeProvider time) =>
        followsRelays && Relay is null && !outbox.IsClosed && (!_hasMoved || time.GetElapsedTime(_movedAt) >= _rest);

    /// <summary>A relay takes over.</summary>
    public void Begin(RelayUse relay, RelayStint stint, TimeProvider time)
    {
        Relay = relay;
        Stint = stint;
        relay.Gateways++;
        _movedAt = time.GetTimestamp();
        _hasMoved = true;
    }

    /// <summary>The relay is no longer used.</summary>
    /// <param name="trouble">
    /// True when the gateway went away from it: something is wrong between the two, or it had other reasons, which cannot be told. It
    /// rests, longer each time, so that a gateway that a relay cannot reach does not lose its deliveries again and again.
    /// </param>
    /// <param name="time">The clock.</param>
    public void End(bool trouble, TimeProvider time)
    {
        var relay = Relay!;
        relay.Gateways--;
        Relay = null;
        _troubles = !trouble ? 0 : time.GetElapsedTime(_movedAt) > Proven ? 1 : Math.Min(_troubles + 1, MostTroubles);
        _rest = trouble ? FirstRest * (1 << (_troubles - 1)) : TimeSpan.Zero;
        Shunned = trouble ? relay.SiloId : null;
        _movedAt = time.GetTimestamp();
    }

    /// <summary>Goes on as the route of a gateway that has subscribed again, with what was learnt.</summary>
    public FanOutRoute Renew(GatewayLane newLane, GatewayOutbox newOutbox, bool follows) =>
        new(newLane, newOutbox, follows) { _troubles = _troubles, _movedAt = _movedAt, _rest = _rest, _hasMoved = _hasMoved, Shunned = Shunned };
}

/// <summary>A relay that a channel uses, and for how many gateways.</summary>
internal sealed class RelayUse(string siloId, GatewayOutbox outbox)
{
    public string SiloId => siloId;

    /// <summary>Leads to the relay.</summary>
    public GatewayOutbox Outbox => outbox;

    public int Gateways { get; set; }

    /// <summary>True while the relay is asked to take over the first of them.</summary>
    public bool IsOpening { get; set; }
}
