using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Serialization;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Grains.Users.Code;
using WsCluster.Routing;

namespace WsCluster.Grains.Users;

/// <summary>One user: knows every live connection in the cluster, so that the limit is exact and commands reach them all.</summary>
internal sealed class UserGrain(
    IOptions<UserOptions> options,
    Serializer serializer,
    GatewayOutboxes outboxes,
    SiloLimits limits,
    UserFeatures features,
    ILastSeenStore lastSeen,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<UserGrain> logger) : Grain, IUserGrain, IUserRouting, IUnreadReminder, IRemindable
{
    private const string UnreadReminder = "unread";
    private static readonly TimeSpan MoveFlushLimit = TimeSpan.FromSeconds(1);

    private readonly UserSessions _sessions = new(options.Value.SingleConnection ? 0 : options.Value.MaxConnections, limits.Sessions);
    private string _user = "";
    private bool _isOnline;
    private DateTimeOffset? _lastSeenAt; // null before this activation saw the user
    private GatewayAttachments _gateways = null!;
    private ActivationPin _pin = null!;
    private BehavingUser? _behavior; // where the application has code for users
    private UserInbox? _inbox; // where users have one

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _user = this.GetPrimaryKeyString();
        _gateways = new GatewayAttachments(outboxes, new OutboxOwner(this.AsReference<IUserRouting>().GatewayLostAsync));
        _pin = new ActivationPin(this, DelayDeactivation);
        (_behavior, _inbox) = features.Open(_user, _sessions.All, Deliver, this);
        metrics.UserActivated();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.UserDeactivated();
        _sessions.Close();
        if (_gateways.Count == 0)
        {
            return;
        }

        UserLog.Moved(logger, _user, _sessions.Count, reason.Description);
        Deliver(DeliveryKind.UserMoved, []);
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown)
        {
            // The silo waits for its activations: once all are gone nothing may carry the batch any more.
            await _gateways.FlushAsync(MoveFlushLimit, time);
        }

        _gateways.DetachAll();
    }

    public Task ExecuteAsync(UserCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        Deliver(command);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<UserSession>> GetSessionsAsync() => Task.FromResult(_sessions.All());

    public async Task<UserStatus> GetStatusAsync()
    {
        var known = _lastSeenAt ?? await lastSeen.ReadAsync(_user);
        var connections = _sessions.Count; // read after the wait
        return new UserStatus { Connections = connections, LastSeenAt = connections > 0 ? time.GetUtcNow() : _lastSeenAt ?? known };
    }

    public async Task<InboxState> GetInboxAsync() => await Inbox().GetAsync();

    public async Task<InboxState> MarkInboxReadAsync(ulong upTo)
    {
        var (state, isNews) = await Inbox().MarkReadAsync(upTo);
        if (isNews)
        {
            Deliver(new SendToUser { Data = state.ToMessage() });
        }

        return state;
    }

    public async Task<SessionAdmission> ConnectAsync(UserSession session, GatewayLane lane)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (_sessions.HasEnded(session.Client))
        {
            return new SessionAdmission(false, outboxes.SiloId); // a call that its gateway gave up
        }

        var attempt = session.Attempt;
        session = session with { Attempt = null };
        var decision = attempt is not null && _behavior is not null ? await _behavior.DecideConnectAsync(attempt) : null;
        if (decision?.Denial is not null)
        {
            Ended(_sessions.Remove(session.Client, session.GatewayId)); // let in before, by a call whose answer was lost
            DetachIfUnused(session.GatewayId);
            return new SessionAdmission(false, outboxes.SiloId) { Decision = decision };
        }

        var inbox = attempt is not null && _inbox is not null ? await _inbox.GetAsync() : null;
        Attach(lane);
        var isNew = !_sessions.Has(session.Client);
        var admitted = _sessions.TryAdd(session, decision?.MaxSessions);
        if (admitted && options.Value.SingleConnection && _sessions.Count > 1)
        {
            Deliver(new DisconnectUser
            {
                Code = (int)DisconnectCode.ConnectionLimit,
                Reason = DisconnectCode.ConnectionLimit.Reason(),
                Whitelist = [session.Client],
            });
        }

        if (!admitted)
        {
            metrics.LimitHit("sessions");
            UserLog.Refused(logger, _user, session.Client, lane.GatewayId);
        }
        else if (isNew)
        {
            _behavior?.Tell(session, connected: true);
        }

        DetachIfUnused(lane.GatewayId);
        return new SessionAdmission(admitted, outboxes.SiloId) { Decision = decision, Inbox = inbox };
    }

    public Task DisconnectAsync(string client, string gatewayId)
    {
        Ended(_sessions.End(client, gatewayId));
        DetachIfUnused(gatewayId);
        return Task.CompletedTask;
    }

    public Task<SessionAdmission> RestoreAsync(IReadOnlyList<UserSession> sessions, GatewayLane lane)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        Attach(lane);
        Ended(_sessions.Replace(lane.GatewayId, sessions));
        DetachIfUnused(lane.GatewayId);
        return Task.FromResult(new SessionAdmission(true, outboxes.SiloId));
    }

    public Task GatewayLostAsync(string gatewayId, long incarnation)
    {
        // The gateway may have come back since: then it has another outbox, and its sessions stay.
        if (_gateways.IsLost(gatewayId, incarnation))
        {
            UserLog.GatewayLost(logger, _user, gatewayId);
            Ended(_sessions.RemoveGateway(gatewayId));
            DetachIfUnused(gatewayId);
        }

        return Task.CompletedTask;
    }

    public async Task ExpectUnreadAsync()
    {
        if (_inbox is not null)
        {
            await _inbox.ExpectAsync();
        }
    }

    async Task IRemindable.ReceiveReminder(string reminderName, TickStatus status)
    {
        if (_inbox is null || _behavior is null)
        {
            await ((IUnreadReminder)this).ClearAsync(); // inboxes, or the application's code, are switched off by now
            return;
        }

        try
        {
            await _inbox.RemindAsync(_behavior.TellUnreadAsync);
        }
        catch (Exception e)
        {
            UserLog.UnreadNotTold(logger, _user, e.Message);
        }
    }

    async Task<bool> IUnreadReminder.IsSetAsync() => await this.GetReminder(UnreadReminder) is not null;

    Task IUnreadReminder.SetAsync(TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(UnreadReminder, due, period);

    async Task IUnreadReminder.ClearAsync()
    {
        if (await this.GetReminder(UnreadReminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private void Attach(GatewayLane lane)
    {
        ArgumentNullException.ThrowIfNull(lane);
        if (_gateways.Attach(lane))
        {
            Ended(_sessions.RemoveGateway(lane.GatewayId)); // those of the process that was there before
        }
    }

    private void DetachIfUnused(string gatewayId)
    {
        if (!_sessions.HasAny(gatewayId))
        {
            _gateways.Detach(gatewayId);
        }

        if (_sessions.Count > 0 != _isOnline)
        {
            // Also when the user comes: should all silos be lost meanwhile, that is the last time known. Nobody waits for it.
            _isOnline = !_isOnline;
            _lastSeenAt = time.GetUtcNow();
            lastSeen.WriteAsync(_user, _lastSeenAt.Value).Ignore();
        }

        if (_sessions.Count > 0)
        {
            _pin.Hold();
        }
        else
        {
            _pin.Release(TimeSpan.Zero);
        }
    }

    private void Ended(IReadOnlyList<UserSession> sessions)
    {
        foreach (var session in _behavior is null ? [] : sessions)
        {
            _behavior!.Tell(session, connected: false);
        }
    }

    private UserInbox Inbox() => _inbox ?? throw new WsClusterException(ErrorCode.NotAvailable);

    private void Deliver(UserCommand command)
    {
        if (_gateways.Count > 0)
        {
            Deliver(DeliveryKind.UserCommand, serializer.SerializeToArray(command));
        }
    }

    private void Deliver(DeliveryKind kind, byte[] body)
    {
        var entry = new ArrayBufferWriter<byte>(body.Length + 64);
        DeliveryWriter.Write(entry, kind, _user, body);
        _gateways.Deliver(entry.WrittenSpan);
    }
}
