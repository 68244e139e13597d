using System.Diagnostics.Metrics;
using WsCluster.Grains.Limits;
using WsCluster.Measuring;

namespace WsCluster.Grains;

/// <summary>What a silo measures, under the meter <c>WsCluster.Grains</c>.</summary>
internal sealed class GrainMetrics
{
    public const string MeterName = "WsCluster.Grains";

    private readonly Meter _meter;
    private readonly Counter<long> _publications;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _batchBytes;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _gatewaysLost;
    private readonly Counter<long> _overflows;
    private readonly Counter<long> _keysForgotten;
    private readonly Histogram<long> _groups;
    private readonly Counter<long> _storeRetries;
    private readonly Counter<long> _storeRefusals;
    private readonly Counter<long> _streamsLost;
    private readonly UpDownCounter<long> _pendingAppends;
    private readonly UpDownCounter<long> _pendingBytes;
    private readonly UpDownCounter<long> _channels;
    private readonly UpDownCounter<long> _users;
    private readonly Counter<long> _limitHits;
    private readonly Histogram<double> _publishLatency;
    private readonly Histogram<double> _deliveryLatency;
    private readonly Histogram<double> _storeLatency;
    private long _activeChannels;
    private long _activeUsers;
    private readonly Counter<long> _behaviorFailures;
    private readonly Counter<long> _atomicSets;
    private readonly Counter<long> _atomicRefusals;
    private readonly Gauge<long> _atomicPending;
    private readonly Counter<long> _channelSends;
    private readonly Counter<long> _promotions;
    private readonly UpDownCounter<long> _hotChannels;
    private readonly UpDownCounter<long> _relayedGateways;
    private readonly Counter<long> _relayFailures;
    private readonly Counter<long> _relayDrops;

    public GrainMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _publications = _meter.CreateCounter<long>("wscluster.publications", "{publication}", "Publications that got their place in a channel.");
        _batches = _meter.CreateCounter<long>("wscluster.delivery.batches", "{batch}", "Batches that gateways acknowledged.");
        _batchBytes = _meter.CreateCounter<long>("wscluster.delivery.bytes", "By", "Bytes of the batches that gateways acknowledged.");
        _retries = _meter.CreateCounter<long>("wscluster.delivery.retries", "{batch}", "Batches sent again for want of an acknowledgement.");
        _gatewaysLost = _meter.CreateCounter<long>("wscluster.gateways.lost", "{gateway}", "Gateways whose lease on this silo ended.");
        _overflows = _meter.CreateCounter<long>("wscluster.outbox.overflows", "{overflow}", "Outboxes dropped whole for being full.");
        _keysForgotten = _meter.CreateCounter<long>("wscluster.idempotency.forgotten", "{key}", "Idempotency keys dropped before their time because the channel has too many.");
        _groups = _meter.CreateHistogram<long>("wscluster.store.groups", "{publication}", "Publications that went to Redis in one call.");
        _storeRetries = _meter.CreateCounter<long>("wscluster.store.retries", "{call}", "Appends repeated because their outcome was unknown.");
        _storeRefusals = _meter.CreateCounter<long>("wscluster.store.refusals", "{publication}", "Durable publishes refused, by reason: away, full, unknown (gave up on an outcome).");
        _streamsLost = _meter.CreateCounter<long>("wscluster.store.streams.lost", "{stream}", "Streams that an activation lost to another one, or that Redis lost.");
        _pendingAppends = _meter.CreateUpDownCounter<long>("wscluster.store.pending", "{publication}", "Durable publishes that wait for Redis.");
        _pendingBytes = _meter.CreateUpDownCounter<long>("wscluster.store.pending.bytes", "By", "Bytes of the durable publishes that wait for Redis.");
        _channels = _meter.CreateUpDownCounter<long>("wscluster.channels.active", "{channel}", "Channels active on this silo.");
        _users = _meter.CreateUpDownCounter<long>("wscluster.users.active", "{user}", "Users active on this silo.");
        _limitHits = _meter.CreateCounter<long>("wscluster.silo.limit.hits", "{hit}", "Times that a limit of the silo or of one channel had its outcome (docs/limits.md), by limit.");
        _publishLatency = _meter.CreateHistogram("wscluster.publish.latency", "s", "Calls that publish, at their channel: until the answer, Redis included where history is kept there. What enters a live channel in memory takes no call and is not counted.", advice: Latency.Buckets);
        _deliveryLatency = _meter.CreateHistogram("wscluster.delivery.latency", "s", "From the oldest delivery of a batch being queued for its gateway to the gateway's acknowledgement.", advice: Latency.Buckets);
        _storeLatency = _meter.CreateHistogram("wscluster.store.latency", "s", "Appends to Redis, until they count: repeats and syncs of the file included.", advice: Latency.Buckets);
        _behaviorFailures = _meter.CreateCounter<long>("wscluster.behavior.failures", "{failure}", "Failures of application code in channels, by reason: threw, timeout, apply, incomplete, size, save.");
        _atomicSets = _meter.CreateCounter<long>("wscluster.atomic.sets", "{set}", "Atomic sets published in all of their channels, by who finished them: call (the publisher's own), sweep (its publisher died or gave up).");
        _atomicRefusals = _meter.CreateCounter<long>("wscluster.atomic.refusals", "{call}", "Steps of atomic publishes that failed, by reason: full (too many pending), away (nothing was done), unknown.");
        _atomicPending = _meter.CreateGauge<long>("wscluster.atomic.pending", "{set}", "Atomic sets of the cluster that are decided and not yet in all of their channels, when this silo last asked.");
        _channelSends = _meter.CreateCounter<long>("wscluster.channel.sends", "{send}", "What channels queued in outboxes: once for each gateway, or once for each relay that has taken gateways over.");
        _promotions = _meter.CreateCounter<long>("wscluster.channels.promotions", "{channel}", "Channels that became hot.");
        _hotChannels = _meter.CreateUpDownCounter<long>("wscluster.channels.hot", "{channel}", "Channels of this silo that are hot: relays take their gateways over.");
        _relayedGateways = _meter.CreateUpDownCounter<long>("wscluster.relay.gateways", "{gateway}", "Gateways that hot channels of this silo reach by relays, counted for each channel.");
        _relayFailures = _meter.CreateCounter<long>("wscluster.relay.failures", "{relay}", "Relays that a hot channel gave up, because they were silent or their silo is gone.");
        _relayDrops = _meter.CreateCounter<long>("wscluster.relay.drops", "{channel}", "Channels of other silos that this relay dropped, because the outbox to it overflowed or fell silent; their gateways subscribe again.");
    }

    public void Published() => _publications.Add(1);

    /// <summary>A gateway has a batch; <paramref name="age"/> is that of its oldest delivery.</summary>
    public void BatchDelivered(int bytes, TimeSpan? age)
    {
        _batches.Add(1);
        _batchBytes.Add(bytes);
        if (age is { } known)
        {
            _deliveryLatency.Record(known.TotalSeconds);
        }
    }

    public void PublishAnswered(TimeSpan taken) => _publishLatency.Record(taken.TotalSeconds);

    public void Stored(TimeSpan taken) => _storeLatency.Record(taken.TotalSeconds);

    public void BatchRetried() => _retries.Add(1);

    public void GatewayLost() => _gatewaysLost.Add(1);

    public void OutboxOverflowed() => _overflows.Add(1);

    public void KeyForgotten() => KeysForgotten(1);

    public void KeysForgotten(int count) => _keysForgotten.Add(count);

    public void GroupStored(int count) => _groups.Record(count);

    public void StoreRetried() => _storeRetries.Add(1);

    public void StoreRefused(string reason, int count = 1) => _storeRefusals.Add(count, new KeyValuePair<string, object?>("reason", reason));

    public void StreamLost() => _streamsLost.Add(1);

    public void AppendsWaiting(int count, long bytes)
    {
        _pendingAppends.Add(count);
        _pendingBytes.Add(bytes);
    }

    /// <summary>Channels active now.</summary>
    public long ActiveChannels => Interlocked.Read(ref _activeChannels);

    /// <summary>Users active now.</summary>
    public long ActiveUsers => Interlocked.Read(ref _activeUsers);

    public void ChannelActivated()
    {
        Interlocked.Increment(ref _activeChannels);
        _channels.Add(1);
    }

    public void ChannelDeactivated()
    {
        Interlocked.Decrement(ref _activeChannels);
        _channels.Add(-1);
    }

    /// <summary>A limit had its outcome; its name is one of those in docs/limits.md.</summary>
    public void LimitHit(string limit, int count = 1) => _limitHits.Add(count, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>A behavior failed: threw, timeout, apply (its state), incomplete, size, save (its snapshot).</summary>
    public void BehaviorFailed(string reason) => _behaviorFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A set is in all of its channels; call: its publisher brought it there, sweep: another one.</summary>
    public void SetPublished(string by) => _atomicSets.Add(1, new KeyValuePair<string, object?>("by", by));

    public void AtomicRefused(string reason) => _atomicRefusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void SetsPending(long count) => _atomicPending.Record(count);
    /// <summary>A channel queued an entry in so many outboxes.</summary>
    public void Sent(int outboxes) => _channelSends.Add(outboxes);

    public void ChannelPromoted()
    {
        _promotions.Add(1);
        _hotChannels.Add(1);
    }

    public void ChannelDemoted() => _hotChannels.Add(-1);

    /// <summary>So many gateways more (or fewer) are reached by relays.</summary>
    public void GatewaysRelayed(int change) => _relayedGateways.Add(change);

    public void RelayFailed() => _relayFailures.Add(1);

    public void RelayDropped(int channels) => _relayDrops.Add(channels);

    public void UserActivated()
    {
        Interlocked.Increment(ref _activeUsers);
        _users.Add(1);
    }

    public void UserDeactivated()
    {
        Interlocked.Decrement(ref _activeUsers);
        _users.Add(-1);
    }

    /// <summary>Shows what the silo holds of each thing that has a limit.</summary>
    public void Observe(SiloLimits limits)
    {
        Observe("wscluster.silo.outbox.bytes", "By", "Bytes that wait in the outboxes of all gateways.", limits.Outboxes);
        Observe("wscluster.silo.history.bytes", "By", "Bytes of publications that channels keep in memory.", limits.History);
        Observe("wscluster.silo.append.bytes", "By", "Bytes of publications that wait for Redis.", limits.Appends);
        Observe("wscluster.silo.idempotency.keys", "{key}", "Idempotency keys that channels in memory remember.", limits.Keys);
        Observe("wscluster.silo.presence.members", "{member}", "Members that channels know in presence.", limits.Members);
        Observe("wscluster.silo.ledger.bytes", "By", "Memory of what channels remember of their newest publications.", limits.Ledgers);
        Observe("wscluster.silo.user.sessions", "{session}", "Sessions of users.", limits.Sessions);
    }

    public void ObserveReadiness(Func<bool> isReady) =>
        _meter.CreateObservableGauge("wscluster.silo.ready", () => isReady() ? 1 : 0, "{silo}", "1 while /health/ready answers 200, else 0.");

    public void ObserveOutboxBytes(Func<long> bytes) =>
        _meter.CreateObservableGauge("wscluster.outbox.queued", bytes, "By", "Bytes that wait in the outboxes.");

    public void ObserveRelayBytes(Func<long> bytes) =>
        _meter.CreateObservableGauge("wscluster.relay.queued", bytes, "By", "Bytes that wait for relays, and in this silo's relay for gateways.");

    private void Observe(string name, string unit, string description, Allowance allowance) =>
        _meter.CreateObservableGauge(name, () => allowance.Used, unit, description);
}
