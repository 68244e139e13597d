using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.History;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>
/// One channel. It orders: calls come one at a time, and whatever they publish or announce is queued for the gateways
/// before the next begins. Publications to a stream in memory may also enter from other threads (<see cref="ChannelEntrance"/>); the
/// stream's lock puts both in one order. The rules are in the classes it delegates to.
/// </summary>
internal sealed class ChannelGrain(
    IOptions<ChannelNamespaces> namespaces,
    ChannelStreams streams,
    GatewayOutboxes outboxes,
    LiveChannels live,
    HotChannels hot,
    SiloLimits limits,
    ISiloStatusOracle silos,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<ChannelGrain> logger) : Grain, IChannelGrain, IChannelRouting, IStreamOwner, IGrainMigrationParticipant, IDisposable
{
    private static readonly TimeSpan MoveFlushLimit = TimeSpan.FromSeconds(1);

    private readonly ChannelPresence _presence = new(silo: limits.Members);
    private readonly StreamHandover _handover = new();
    private string _name = "";
    private ChannelOptions? _options;
    private bool _isInternal;
    private IChannelStream _stream = null!;
    private BehavingStream? _behavior; // the same stream, where application code lives in the channel
    private HistoryReader _history = null!;
    private GroupPublishing _publishing = null!;
    private GatewayAttachments _gateways = null!;
    private ChannelDeliveries _deliveries = null!;
    private PublicationLedger _ledger = null!;
    private ActivationLifetime _lifetime = null!;
    private ChannelEntrance? _entrance; // while there are gateways

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _name = this.GetPrimaryKeyString();
        _options = !PublishRules.IsName(_name) ? null
            : InternalChannels.Find(_name) ?? namespaces.Value.Find(_name);
        _isInternal = InternalChannels.Find(_name) is not null;
        _stream = streams.Open(_name, _options ?? new ChannelOptions(), this, (callback, due, period) => _lifetime.StartTimer(callback, due, period), DeactivateOnIdle);
        _behavior = _stream as BehavingStream;
        if (_handover.Complete(_stream))
        {
            ChannelLog.TakenOver(logger, _name);
        }

        _history = new HistoryReader(_stream);
        _publishing = new GroupPublishing(_stream);
        _gateways = new GatewayAttachments(outboxes, new OutboxOwner(this.AsReference<IChannelRouting>().GatewayLostAsync), new ChannelFanOut(_name, hot));
        _deliveries = new ChannelDeliveries(_name, _gateways);
        _ledger = new PublicationLedger(_gateways, limits.Ledgers, time);
        _lifetime = new ActivationLifetime(this, DelayDeactivation, _stream, _options ?? new ChannelOptions(), time);
        metrics.ChannelActivated();
        _ = _behavior?.StartAsync(); // its timers run from now on, whoever comes
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        CloseEntrance();
        metrics.ChannelDeactivated();
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && (StreamHandover.IsWorth(_stream) || _lifetime.HasTimers) && StreamHandover.IsPossible(silos))
        {
            MigrateOnIdle(); // another silo goes on with what is in memory, and with the behavior's timers
        }

        if (_gateways.Count == 0)
        {
            return;
        }

        ChannelLog.Moved(logger, _name, _gateways.Count, reason.Description);
        _deliveries.Move();
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown)
        {
            // The silo waits for its activations: once all are gone nothing may carry the batch any more.
            await _gateways.FlushAsync(MoveFlushLimit, time);
        }

        _gateways.DetachAll();
    }

    /// <summary>Comes last, after a hand-over.</summary>
    void IDisposable.Dispose()
    {
        CloseEntrance();
        _gateways?.DetachAll();
        _presence.Close();
        _stream?.Close();
        _ledger?.Close();
    }

    void IGrainMigrationParticipant.OnDehydrate(IDehydrationContext context) => StreamHandover.Send(_stream, context);

    void IGrainMigrationParticipant.OnRehydrate(IRehydrationContext context) => _handover.Receive(context);

    public async Task<StreamPosition> PublishAsync(PublishRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = time.GetTimestamp();
        var format = Options().PublicationDataFormat;
        if (request.Mark is null) // an atomic set was checked before it was decided that it comes to be
        {
            PublishRules.Check(request, format);
        }

        // A durable stream is away for a while here, and anything else may run: more publishes join the queue behind this one,
        // gateways come and go. The stream tells us itself what to deliver (below), in its order. In memory nothing is awaited.
        var position = await _stream.AppendAsync(request);
        _lifetime.Stay(_gateways.Count > 0);
        metrics.PublishAnswered(time.GetElapsedTime(started));
        return position;
    }

    public async Task<PublishReceipt> PublishManyAsync(PublishRequest[] requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var started = time.GetTimestamp();
        var outcomes = await _publishing.PublishAsync(requests, Options());
        _lifetime.Stay(_gateways.Count > 0);
        metrics.PublishAnswered(time.GetElapsedTime(started));
        return new PublishReceipt { SiloId = outboxes.SiloId, Outcomes = outcomes };
    }

    void IStreamOwner.Deliver(string epoch, Publication publication)
    {
        _deliveries.Publish(epoch, publication);
        _ledger.Published(publication.Offset);
        if (!_isInternal)
        {
            metrics.Published(); // what the cluster says to itself would only blur it
        }

        ChannelLog.Published(logger, _name, publication.Offset);
    }

    void IStreamOwner.LoseStream(string reason)
    {
        ChannelLog.StreamLost(logger, _name, reason);
        metrics.StreamLost();
        DeactivateOnIdle(); // the next call activates the channel anew, which takes the stream over
    }

    public async Task<ChannelAdmission> AdmitAsync(SubscribeAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var (decision, position) = await Behavior().AdmitAsync(attempt);
        return new ChannelAdmission { Decision = decision, Position = position };
    }

    public Task<CallAnswer> CallAsync(ChannelCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Behavior().CallAsync(call);
    }

    public async Task<HistoryPage> GetHistoryAsync(HistoryQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        Require(Options().HasHistory);
        var page = await _history.ReadAsync(query);
        _lifetime.Stay(_gateways.Count > 0);
        return page;
    }

    public async Task RemoveHistoryAsync()
    {
        Require(Options().HasHistory);
        await _stream.RemoveAsync();
        _lifetime.Stay(_gateways.Count > 0);
    }

    public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync()
    {
        Require(Options().Presence);
        return Task.FromResult(_presence.Present());
    }

    public Task<PresenceStats> GetPresenceStatsAsync()
    {
        Require(Options().Presence);
        return Task.FromResult(_presence.Stats());
    }

    public async Task<ChannelAttachment> SubscribeAsync(GatewaySubscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var options = Options();
        var gatewayId = subscription.Lane.GatewayId;

        // Before anything changes: a store that is away fails the call, and the gateway comes again.
        var latest = options.AllowsFossilDelta ? await _stream.GetLatestAsync() : null;
        await _stream.GetTopAsync();
        if (_gateways.HasEnded(gatewayId, subscription.Number))
        {
            throw new WsClusterException(ErrorCode.Internal, "The gateway has ended this subscription already.");
        }

        var isNew = _gateways.OutboxOf(gatewayId) == Guid.Empty;
        if (_gateways.Attach(subscription.Lane, subscription.Number, subscription.FollowsRelays, out var stint))
        {
            Announce(_presence.RemoveGateway(gatewayId)); // members of the process that was there before
        }

        // Known by now, so nothing is awaited. What is published in between is delivered as well, and the gateway drops it by its offset.
        var top = await _stream.GetTopAsync();
        var takesMembers = _gateways.TryReport(gatewayId, subscription.Number);
        if (takesMembers)
        {
            var outcome = _presence.Replace(gatewayId, subscription.Members);
            Announce(outcome);
            if (outcome.Refused > 0)
            {
                metrics.LimitHit("presence", outcome.Refused);
                ChannelLog.PresenceFull(logger, _name, outcome.Refused, gatewayId);
            }
        }

        if (isNew && subscription.Members is { Count: > 0 })
        {
            _deliveries.ConfirmAttached(gatewayId);
        }

        ChannelLog.GatewaySubscribed(logger, _name, gatewayId);
        _lifetime.Stay(_gateways.Count > 0);
        OpenEntrance();
        return new ChannelAttachment
        {
            SiloId = outboxes.SiloId,
            Top = top,
            Latest = latest?.Offset == top.Offset ? latest : null,
            MembersOutdated = !takesMembers,
            OutboxId = _gateways.OutboxOf(gatewayId),
            Stint = stint,
        };
    }

    public Task UnsubscribeAsync(string gatewayId, long incarnation, long number)
    {
        var isKnown = _gateways.IsAttached(gatewayId, incarnation) || _gateways.IsLost(gatewayId, incarnation);
        if (number >= _gateways.NewestOf(gatewayId))
        {
            _gateways.Depart(gatewayId, number);
            if (isKnown)
            {
                Drop(gatewayId);
            }
        }

        return Task.CompletedTask;
    }

    public Task<bool> UpdatePresenceAsync(PresenceUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        Options();
        if (!_gateways.IsAttached(update.GatewayId, update.Incarnation))
        {
            return Task.FromResult(false);
        }

        if (!_gateways.TryReport(update.GatewayId, update.Number))
        {
            return Task.FromResult(true); // what overtook it knew of these changes
        }

        var outcome = _presence.Apply(update.GatewayId, update.Changes);
        Announce(outcome);
        if (outcome.Refused > 0)
        {
            metrics.LimitHit("presence", outcome.Refused);
            ChannelLog.PresenceFull(logger, _name, outcome.Refused, update.GatewayId);
            throw new WsClusterException(ErrorCode.LimitExceeded, "The channel, or its silo, has as many members as it may.");
        }

        return Task.FromResult(true);
    }

    public async Task<HistoryPage> RecoverAsync(RecoveryQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        Options();
        var page = await _history.RecoverAsync(query);
        _lifetime.Stay(_gateways.Count > 0);
        return page;
    }

    public Task GatewayLostAsync(string gatewayId, long incarnation)
    {
        // The gateway may have subscribed again since: then it has another outbox, and stays.
        if (_gateways.IsLost(gatewayId, incarnation))
        {
            Drop(gatewayId);
        }

        return Task.CompletedTask;
    }

    public async Task<ChannelExplanation> ExplainAsync()
    {
        Options();
        return _ledger.Describe(outboxes.SiloId, await _stream.GetTopAsync());
    }

    private ChannelOptions Options()
    {
        if (_options is not null)
        {
            return _options;
        }

        // Whoever makes up names must not fill the memory with channels that cannot be.
        DeactivateOnIdle();
        throw PublishRules.IsName(_name)
            ? new WsClusterException(ErrorCode.UnknownChannel)
            : new WsClusterException(ErrorCode.BadRequest, $"A channel's name has 1 to {PublishRules.MaxChannelBytes} bytes.");
    }

    private BehavingStream Behavior()
    {
        Options();
        return _behavior ?? throw new WsClusterException(ErrorCode.NotAvailable);
    }

    /// <summary>Tells the subscribers, and the behavior, of joins and leaves.</summary>
    private void Announce(PresenceOutcome outcome)
    {
        _deliveries.Announce(outcome);
        _behavior?.Tell(outcome.Announced);
    }

    private static void Require(bool isOn)
    {
        if (!isOn)
        {
            throw new WsClusterException(ErrorCode.NotAvailable);
        }
    }

    /// <summary>Where nothing else keeps the activation, each publication must: then they come as calls.</summary>
    private void OpenEntrance()
    {
        if (_entrance is null && _stream.TakesAnyThread)
        {
            _entrance = new ChannelEntrance(_stream, Options(), () => _lifetime.WatchesExpiry);
            live.Open(_name, _entrance);
        }
    }

    private void CloseEntrance()
    {
        if (_entrance is not null)
        {
            live.Close(_name, _entrance);
            _entrance = null;
        }
    }

    private void Drop(string gatewayId)
    {
        _gateways.Detach(gatewayId);
        if (_gateways.Count == 0)
        {
            CloseEntrance();
        }

        Announce(_presence.RemoveGateway(gatewayId));
        ChannelLog.GatewayUnsubscribed(logger, _name, gatewayId);
        _lifetime.Stay(_gateways.Count > 0);
    }
}
