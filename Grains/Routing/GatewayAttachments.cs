using WsCluster.Grains.Relays;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>The gateways that one activation delivers to, one outbox for each. Used only inside the activation, but for <see cref="Count"/> and <see cref="Deliver"/>.</summary>
/// <param name="outboxes">The silo's outboxes.</param>
/// <param name="owner">The activation.</param>
/// <param name="fanOut">Sends, where relays may do so for it; null: to each outbox.</param>
internal sealed class GatewayAttachments(GatewayOutboxes outboxes, OutboxOwner owner, ChannelFanOut? fanOut = null)
{
    /// <summary>As many gateways as may leave a channel while a call of one of them is still on its way.</summary>
    public const int MaxDeparted = 256;

    private readonly Dictionary<string, GatewayOutbox> _byGateway = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal); // of each gateway's newest subscription
    private readonly Dictionary<string, long> _reports = new(StringComparer.Ordinal); // of each gateway's newest word about its members
    private readonly List<(string GatewayId, long Number)> _departed = []; // oldest first; who unsubscribed, with its last number
    private volatile GatewayOutbox[] _all = []; // what Deliver walks; replaced whole

    public int Count => _all.Length;

    /// <summary>The outboxes now. The array is never changed: another one takes its place.</summary>
    public IReadOnlyList<GatewayOutbox> All => _all;

    /// <summary>Starts deliveries to a gateway, or keeps them going.</summary>
    /// <param name="lane">Where to deliver.</param>
    /// <param name="number">Counts the gateway's subscriptions; zero where nothing tells them apart.</param>
    /// <returns>True when an older incarnation of the gateway was attached: what is known of it is out of date.</returns>
    public bool Attach(GatewayLane lane, long number = 0) => Attach(lane, number, followsRelays: false, out _);

    /// <inheritdoc cref="Attach(GatewayLane, long)"/>
    /// <param name="lane">Where to deliver.</param>
    /// <param name="number">Counts the gateway's subscriptions.</param>
    /// <param name="followsRelays">True when a relay may take the gateway over.</param>
    /// <param name="over">The newest stint at relays; for this gateway it is over.</param>
    public bool Attach(GatewayLane lane, long number, bool followsRelays, out RelayStint over)
    {
        var outbox = outboxes.Attach(lane, owner);
        _byGateway.TryGetValue(lane.GatewayId, out var previous);
        if (previous != outbox)
        {
            if (previous is not null)
            {
                outboxes.Detach(previous, owner);
            }

            _byGateway[lane.GatewayId] = outbox;
            _all = [.. _byGateway.Values];
        }

        var replaced = previous is not null && previous.Incarnation != lane.Incarnation;
        if (replaced)
        {
            _reports.Remove(lane.GatewayId);
        }

        _numbers[lane.GatewayId] = Math.Max(number, NewestOf(lane.GatewayId));
        over = fanOut?.Set(lane, outbox, followsRelays) ?? default;
        return replaced;
    }

    /// <summary>
    /// True for a subscription that the gateway has ended since: a call that timed out there may still arrive, after the one
    /// that was to undo it. Taking it would keep members that nobody ever removes.
    /// </summary>
    public bool HasEnded(string gatewayId, long number) =>
        number != 0 && _departed.Exists(departed => departed.GatewayId == gatewayId && number <= departed.Number);

    /// <summary>Remembers that the gateway ended all its subscriptions up to this number.</summary>
    public void Depart(string gatewayId, long number)
    {
        _departed.RemoveAll(departed => departed.GatewayId == gatewayId && departed.Number <= number);
        if (_departed.Count == MaxDeparted)
        {
            _departed.RemoveAt(0);
            outboxes.Metrics.LimitHit("departed");
        }

        _departed.Add((gatewayId, number));
    }

    /// <summary>The outbox that delivers to the gateway; empty when none does.</summary>
    public Guid OutboxOf(string gatewayId) => _byGateway.TryGetValue(gatewayId, out var outbox) ? outbox.Id : Guid.Empty;

    /// <summary>The number of the gateway's newest subscription; zero for a gateway that has none.</summary>
    public long NewestOf(string gatewayId) => _numbers.GetValueOrDefault(gatewayId);

    /// <summary>
    /// Takes note of a gateway's word about its members. False when a later one came before it: calls may overtake each
    /// other, and one that timed out may still arrive. The same number again is a repeat, which does no harm.
    /// </summary>
    public bool TryReport(string gatewayId, long number)
    {
        if (number != 0 && number < _reports.GetValueOrDefault(gatewayId))
        {
            return false;
        }

        _reports[gatewayId] = number;
        return true;
    }

    /// <summary>True when deliveries reach this incarnation of the gateway.</summary>
    public bool IsAttached(string gatewayId, long incarnation) =>
        Find(gatewayId, incarnation) is { IsClosed: false };

    /// <summary>True when this incarnation is attached although its outbox has ended.</summary>
    public bool IsLost(string gatewayId, long incarnation) =>
        Find(gatewayId, incarnation) is { IsClosed: true };

    /// <summary>Ends deliveries to the gateway, whatever its incarnation.</summary>
    public void Detach(string gatewayId)
    {
        if (_byGateway.Remove(gatewayId, out var outbox))
        {
            outboxes.Detach(outbox, owner);
            _numbers.Remove(gatewayId);
            _reports.Remove(gatewayId);
            _all = [.. _byGateway.Values];
            fanOut?.Remove(gatewayId);
        }
    }

    /// <summary>Queues the same bytes for every gateway, with the trace that they are part of. Waits for none.</summary>
    public void Deliver(ReadOnlySpan<byte> entry, byte[]? trace = null)
    {
        if (fanOut is not null)
        {
            fanOut.Deliver(entry, trace);
            return;
        }

        foreach (var outbox in _all)
        {
            outbox.Enqueue(entry, trace); // a closed outbox drops it: its gateway is gone, and this grain is about to be told
        }
    }

    /// <summary>Tells the gateways that the activation leaves; no relay is in the way.</summary>
    public void Move(ReadOnlySpan<byte> entry)
    {
        if (fanOut is not null)
        {
            fanOut.Move(entry);
        }
        else
        {
            Deliver(entry);
        }
    }

    /// <summary>Queues bytes for one gateway, if it is attached.</summary>
    public void DeliverTo(string gatewayId, ReadOnlySpan<byte> entry) => _byGateway.GetValueOrDefault(gatewayId)?.Enqueue(entry);

    /// <summary>Waits until the gateways have acknowledged what was queued, at most <paramref name="limit"/>.</summary>
    public async Task FlushAsync(TimeSpan limit, TimeProvider time)
    {
        try
        {
            await Task.WhenAll(_all.Select(outbox => outbox.FlushAsync())).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            // The gateways find out by themselves, only later.
        }
    }

    /// <summary>Ends all deliveries; what is queued still goes.</summary>
    public void DetachAll()
    {
        fanOut?.Close();
        foreach (var outbox in _all)
        {
            outboxes.Detach(outbox, owner);
        }

        _byGateway.Clear();
        _numbers.Clear();
        _reports.Clear();
        _all = [];
    }

    private GatewayOutbox? Find(string gatewayId, long incarnation) =>
        _byGateway.TryGetValue(gatewayId, out var outbox) && outbox.Incarnation == incarnation ? outbox : null;
}
