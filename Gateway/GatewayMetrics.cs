using System.Diagnostics.Metrics;
using WsCluster.Measuring;

namespace WsCluster.Gateway;

/// <summary>
/// What a gateway measures, under the meter <c>WsCluster.Gateway</c>. Names stay stable: docs/metrics.md has them all, docs/limits.md
/// says which limit each belongs to.
/// </summary>
internal sealed class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "WsCluster.Gateway";

    private readonly Meter _meter;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _paced;
    private readonly Counter<long> _limitHits;
    private readonly UpDownCounter<long> _commands;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _batchBytes;
    private readonly UpDownCounter<long> _heldBytes;
    private readonly Counter<long> _heldDropped;
    private readonly UpDownCounter<long> _recentBytes;
    private readonly Counter<long> _recentDropped;
    private readonly Counter<long> _recoveries;
    private readonly Counter<long> _reads;
    private readonly UpDownCounter<long> _readsActive;
    private readonly UpDownCounter<long> _readsWaiting;
    private readonly UpDownCounter<long> _conflationBytes;
    private readonly Counter<long> _conflatedAway;
    private readonly Counter<long> _conflationForgot;
    private readonly UpDownCounter<long> _slowSubscriptions;
    private readonly Counter<long> _adapted;
    private readonly UpDownCounter<long> _presencePending;
    private readonly Counter<long> _presenceRefused;
    private readonly UpDownCounter<long> _strays;
    private readonly Counter<long> _publishRepeats;
    private readonly UpDownCounter<long> _publishesWaiting;
    private readonly UpDownCounter<long> _ingressBytes;
    private readonly Counter<long> _ingressRefused;
    private readonly Counter<long> _canaryMisses;
    private readonly Counter<long> _canaryResubscribes;
    private readonly Histogram<double> _canaryDelay;
    private readonly Histogram<double> _publishLatency;
    private readonly Histogram<double> _writeLatency;
    private readonly Histogram<double> _apiLatency;
    private readonly Counter<long> _opened;
    private readonly UpDownCounter<long> _streams;
    private readonly UpDownCounter<long> _uplinkBytes;
    private readonly Counter<long> _uplinkRefused;
    private long _commandsTaken; // counted in plain fields: the hot path pays one addition, and others may ask for the sum
    private long _deliveries;
    private readonly Counter<long> _apiRefused;

    public GatewayMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _closed = _meter.CreateCounter<long>("wscluster.gateway.connections.closed", "{connection}", "Connections that ended, by code: 3008 is a client that reads too slowly.");
        _refused = _meter.CreateCounter<long>("wscluster.gateway.connections.refused", "{connection}", "Handshakes refused, by reason: full, origin, address_rate, address_connections.");
        _paced = _meter.CreateCounter<long>("wscluster.gateway.commands.paced", "{frame}", "Frames whose sender had to wait, because it sent faster than it may.");
        _limitHits = _meter.CreateCounter<long>("wscluster.gateway.limit.hits", "{connection}", "Times that a connection reached a limit, by limit: commands, bytes, history, message_commands, json_depth, channels, channel_length, replies; and of the gateway itself: sign_ins, places, relays (docs/limits.md).");
        _commands = _meter.CreateUpDownCounter<long>("wscluster.gateway.commands.active", "{command}", "Commands of clients that are being carried out, one at a time for each connection.");
        _batches = _meter.CreateCounter<long>("wscluster.gateway.delivery.batches", "{batch}", "Batches taken from silos.");
        _batchBytes = _meter.CreateCounter<long>("wscluster.gateway.delivery.bytes", "By", "Bytes of the batches taken from silos.");
        _heldBytes = _meter.CreateUpDownCounter<long>("wscluster.gateway.held.bytes", "By", "Deliveries that wait while their channel synchronises.");
        _heldDropped = _meter.CreateCounter<long>("wscluster.gateway.held.dropped", "{publication}", "Deliveries beyond that limit, which are read from history instead.");
        _recentBytes = _meter.CreateUpDownCounter<long>("wscluster.gateway.recent.bytes", "By", "Publications kept for subscribers that read history meanwhile.");
        _recentDropped = _meter.CreateCounter<long>("wscluster.gateway.recent.dropped", "{publication}", "Publications beyond that limit: who reads meanwhile does not recover.");
        _recoveries = _meter.CreateCounter<long>("wscluster.gateway.recovery.requests", "{request}", "Subscribers that asked for what they missed.");
        _reads = _meter.CreateCounter<long>("wscluster.gateway.recovery.reads", "{call}", "Reads of history from grains; many requests share one.");
        _readsActive = _meter.CreateUpDownCounter<long>("wscluster.gateway.recovery.reads.active", "{call}", "Reads of history that are under way.");
        _readsWaiting = _meter.CreateUpDownCounter<long>("wscluster.gateway.recovery.reads.waiting", "{call}", "Reads of history that wait for a place.");
        _conflationBytes = _meter.CreateUpDownCounter<long>("wscluster.gateway.conflation.bytes", "By", "Memory of the newest publications of keys, of all channels.");
        _conflatedAway = _meter.CreateCounter<long>("wscluster.gateway.conflation.replaced", "{publication}", "Publications that a newer one of their key replaced before they were sent, counted once for all who share a derivation.");
        _conflationForgot = _meter.CreateCounter<long>("wscluster.gateway.conflation.forgotten", "{key}", "Keys beyond that limit: subscribers that had not got their newest publication start anew.");
        _slowSubscriptions = _meter.CreateUpDownCounter<long>("wscluster.gateway.adaptive.slow", "{subscription}", "Adaptive subscriptions that get only the newest of each key now.");
        _adapted = _meter.CreateCounter<long>("wscluster.gateway.adaptive.switches", "{subscription}", "Adaptive subscriptions that went over to the newest of each key, or back to everything, by direction.");
        _presencePending = _meter.CreateUpDownCounter<long>("wscluster.gateway.presence.pending", "{change}", "Joins and leaves that are not reported yet.");
        _presenceRefused = _meter.CreateCounter<long>("wscluster.gateway.presence.refused", "{change}", "Joins and leaves that found the queue of their channel full.");
        _strays = _meter.CreateUpDownCounter<long>("wscluster.gateway.strays.active", "{channel}", "Channels that deliver although nobody here is subscribed, and are being told.");
        _publishRepeats = _meter.CreateCounter<long>("wscluster.gateway.publish.repeats", "{call}", "Publishes of clients that were repeated.");
        _publishesWaiting = _meter.CreateUpDownCounter<long>("wscluster.gateway.publish.active", "{publication}", "Publications of clients that are not answered yet.");
        _ingressBytes = _meter.CreateUpDownCounter<long>("wscluster.gateway.ingress.bytes", "By", "Publications that wait for the next call to their silo.");
        _ingressRefused = _meter.CreateCounter<long>("wscluster.gateway.ingress.refused", "{publication}", "Publications refused with 111 because too many wait for their silo.");
        _canaryMisses = _meter.CreateCounter<long>("wscluster.gateway.canary.misses", "{publication}", "Acknowledged publications of a canary that did not come back in time, by lane.");
        _canaryResubscribes = _meter.CreateCounter<long>("wscluster.gateway.canary.resubscribes", "{resubscribe}", "Times that a silent canary made the gateway subscribe to everything again.");
        _canaryDelay = _meter.CreateHistogram("wscluster.gateway.canary.delay", "s", "From a canary's publish to its delivery: the whole path through the cluster.", advice: Latency.Buckets);
        _publishLatency = _meter.CreateHistogram("wscluster.gateway.publish.latency", "s", "From a client's publish to its outcome, repeats included; of what a connection publishes together, one.", advice: Latency.Buckets);
        _writeLatency = _meter.CreateHistogram("wscluster.gateway.write.latency", "s", "From the first message queued for a round of sending to the last one handed to the kernel: the longest that any of the round waited.", advice: Latency.Buckets);
        _apiLatency = _meter.CreateHistogram("wscluster.gateway.api.latency", "s", "Calls of the HTTP API, by method and result: ok, the number of the error, or denied for the application's own.", advice: Latency.Buckets);
        _opened = _meter.CreateCounter<long>("wscluster.gateway.connections.opened", "{connection}", "Connections that began.");
        _meter.CreateObservableCounter("wscluster.gateway.commands", () => CommandsTaken, "{command}", "Commands of clients.");
        _meter.CreateObservableCounter("wscluster.gateway.deliveries", () => Deliveries, "{message}", "Publications queued to subscribers, each counted for every subscriber.");
        _streams = _meter.CreateUpDownCounter<long>("wscluster.gateway.streams", "{connection}", "Open connections over HTTP streams and event streams.");
        _uplinkBytes = _meter.CreateUpDownCounter<long>("wscluster.gateway.uplink.bytes", "By", "Frames that came by requests and wait, here or for their gateway.");
        _uplinkRefused = _meter.CreateCounter<long>("wscluster.gateway.uplink.refused", "{frame}", "Frames refused with 503 because too much waits.");
        _apiRefused = _meter.CreateCounter<long>("wscluster.gateway.api.refused", "{request}", "Requests of the HTTP API that were refused, by reason: key, body, batch, rate.");
    }

    /// <summary>Commands of clients so far.</summary>
    public long CommandsTaken => Volatile.Read(ref _commandsTaken);

    /// <summary>Publications queued to subscribers so far, each counted for every subscriber.</summary>
    public long Deliveries => Volatile.Read(ref _deliveries);

    public void Delivered(int subscribers) => Interlocked.Add(ref _deliveries, subscribers);

    public void PublishesSettled(TimeSpan taken) => _publishLatency.Record(taken.TotalSeconds);

    public void RoundSent(TimeSpan taken) => _writeLatency.Record(taken.TotalSeconds);

    public void ApiCalled(string method, ErrorCode error, TimeSpan taken) => _apiLatency.Record(
        taken.TotalSeconds,
        new KeyValuePair<string, object?>("method", method),
        new KeyValuePair<string, object?>("result", error == ErrorCode.None ? "ok" : Enum.IsDefined(error) ? (int)error : "denied"));

    public void ConnectionOpened() => _opened.Add(1);

    public void StreamOpened() => _streams.Add(1);

    public void StreamEnded() => _streams.Add(-1);

    public void UplinkQueued(long bytes) => _uplinkBytes.Add(bytes);

    public void UplinkRefused() => _uplinkRefused.Add(1);

    public void ApiRefused(string reason) => _apiRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void ConnectionClosed(int code) => _closed.Add(1, new KeyValuePair<string, object?>("code", code));

    public void ConnectionRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void LimitHit(string limit) => _limitHits.Add(1, new KeyValuePair<string, object?>("limit", limit));

    public void SenderPaced() => _paced.Add(1);

    public void CommandStarted()
    {
        Interlocked.Increment(ref _commandsTaken);
        _commands.Add(1);
    }

    public void CommandEnded() => _commands.Add(-1);

    public void BatchTaken(int bytes)
    {
        _batches.Add(1);
        _batchBytes.Add(bytes);
    }

    public void Held(long bytes) => _heldBytes.Add(bytes);

    public void HeldDropped() => _heldDropped.Add(1);

    public void KeptRecent(long bytes) => _recentBytes.Add(bytes);

    public void RecentDropped() => _recentDropped.Add(1);

    public void Conflated(long bytes) => _conflationBytes.Add(bytes);

    public void ConflatedAway() => _conflatedAway.Add(1);

    public void ConflationForgot() => _conflationForgot.Add(1);

    public void SlowCount(int change) => _slowSubscriptions.Add(change);

    public void Adapted(bool isSlow) => _adapted.Add(1, new KeyValuePair<string, object?>("to", isSlow ? "latest" : "everything"));

    public void RecoveryAsked() => _recoveries.Add(1);

    public void ReadWaits(int change) => _readsWaiting.Add(change);

    public void ReadStarted()
    {
        _reads.Add(1);
        _readsActive.Add(1);
    }

    public void ReadEnded() => _readsActive.Add(-1);

    public void PresencePending(int change) => _presencePending.Add(change);

    public void PresenceRefused() => _presenceRefused.Add(1);

    public void StrayStarted() => _strays.Add(1);

    public void StrayEnded() => _strays.Add(-1);

    public void PublishStarted() => _publishesWaiting.Add(1);

    public void PublishesEnded(int count) => _publishesWaiting.Add(-count);

    public void IngressQueued(long bytes) => _ingressBytes.Add(bytes);

    public void IngressTaken(long bytes) => _ingressBytes.Add(-bytes);

    public void IngressRefused(int count) => _ingressRefused.Add(count);

    public void PublishRepeated() => _publishRepeats.Add(1);

    public void CanaryMissed(int lane) => _canaryMisses.Add(1, new KeyValuePair<string, object?>("lane", lane));

    public void CanaryResubscribed() => _canaryResubscribes.Add(1);

    public void CanaryHeard(TimeSpan delay) => _canaryDelay.Record(delay.TotalSeconds);

    public void ObserveReadiness(Func<bool> isReady) =>
        _meter.CreateObservableGauge("wscluster.gateway.ready", () => isReady() ? 1 : 0, "{gateway}", "1 while /health/ready answers 200, else 0.");

    public void ObserveConnections(Func<long> count) =>
        _meter.CreateObservableGauge("wscluster.gateway.connections", count, "{connection}", "Open connections.");

    public void ObserveQueuedBytes(Func<long> bytes) =>
        _meter.CreateObservableGauge("wscluster.gateway.queued.bytes", bytes, "By", "Bytes that wait to be sent, of all connections.");

    public void ObserveLedgers(Func<long> bytes) =>
        _meter.CreateObservableGauge("wscluster.gateway.ledger.bytes", bytes, "By", "Memory of what channels remember of their newest deliveries.");

    public void ObserveUsers(Func<long> count) =>
        _meter.CreateObservableGauge("wscluster.gateway.users", count, "{user}", "Users with a connection here.");

    public void ObserveChannels(Func<long> count) =>
        _meter.CreateObservableGauge("wscluster.gateway.channels", count, "{channel}", "Channels that the gateway is subscribed to.");
}
