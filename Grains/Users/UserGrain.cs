using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Users;

/// <summary>One user: knows every live connection in the cluster, so that the limit is exact and commands reach them all.</summary>
internal sealed class UserGrain(
    IOptions<UserOptions> options,
    Serializer serializer,
    GatewayOutboxes outboxes,
    SiloLimits limits,
    ILastSeenStore lastSeen,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<UserGrain> logger) : Grain, IUserGrain, IUserRouting
{
    private static readonly TimeSpan MoveFlushLimit = TimeSpan.FromSeconds(1);

    private readonly UserSessions _sessions = new(options.Value.SingleConnection ? 0 : options.Value.MaxConnections, limits.Sessions);
    private string _user = "";
    private bool _isOnline;
    private DateTimeOffset? _lastSeenAt; // null before this activation saw the user
    private GatewayAttachments _gateways = null!;
    private ActivationPin _pin = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _user = this.GetPrimaryKeyString();
        _gateways = new GatewayAttachments(outboxes, new OutboxOwner(this.AsReference<IUserRouting>().GatewayLostAsync));
        _pin = new ActivationPin(this, DelayDeactivation);
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
        if (_gateways.Count > 0)
        {
            Deliver(DeliveryKind.UserCommand, serializer.SerializeToArray(command));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<UserSession>> GetSessionsAsync() => Task.FromResult(_sessions.All());

    public async Task<UserStatus> GetStatusAsync()
    {
        var known = _lastSeenAt ?? await lastSeen.ReadAsync(_user);
        var connections = _sessions.Count; // read after the wait
        return new UserStatus { Connections = connections, LastSeenAt = connections > 0 ? time.GetUtcNow() : _lastSeenAt ?? known };
    }

    public Task<SessionAdmission> ConnectAsync(UserSession session, GatewayLane lane)
    {
        ArgumentNullException.ThrowIfNull(session);
        Attach(lane);
        var admitted = _sessions.TryAdd(session);
        if (admitted && options.Value.SingleConnection && _sessions.Count > 1)
        {
            Deliver(DeliveryKind.UserCommand, serializer.SerializeToArray<UserCommand>(new DisconnectUser
            {
                Code = (int)DisconnectCode.ConnectionLimit,
                Reason = DisconnectCode.ConnectionLimit.Reason(),
                Whitelist = [session.Client],
            }));
        }

        if (!admitted)
        {
            metrics.LimitHit("sessions");
            UserLog.Refused(logger, _user, session.Client, lane.GatewayId);
        }

        DetachIfUnused(lane.GatewayId);
        return Task.FromResult(new SessionAdmission(admitted, outboxes.SiloId));
    }

    public Task DisconnectAsync(string client, string gatewayId)
    {
        _sessions.Remove(client, gatewayId);
        DetachIfUnused(gatewayId);
        return Task.CompletedTask;
    }

    public Task<SessionAdmission> RestoreAsync(IReadOnlyList<UserSession> sessions, GatewayLane lane)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        Attach(lane);
        _sessions.Replace(lane.GatewayId, sessions);
        DetachIfUnused(lane.GatewayId);
        return Task.FromResult(new SessionAdmission(true, outboxes.SiloId));
    }

    public Task GatewayLostAsync(string gatewayId, long incarnation)
    {
        // The gateway may have come back since: then it has another outbox, and its sessions stay.
        if (_gateways.IsLost(gatewayId, incarnation))
        {
            UserLog.GatewayLost(logger, _user, gatewayId);
            _sessions.RemoveGateway(gatewayId);
            DetachIfUnused(gatewayId);
        }

        return Task.CompletedTask;
    }

    private void Attach(GatewayLane lane)
    {
        ArgumentNullException.ThrowIfNull(lane);
        if (_gateways.Attach(lane))
        {
            _sessions.RemoveGateway(lane.GatewayId); // those of the process that was there before
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

    private void Deliver(DeliveryKind kind, byte[] body)
    {
        var entry = new ArrayBufferWriter<byte>(body.Length + 64);
        DeliveryWriter.Write(entry, kind, _user, body);
        _gateways.Deliver(entry.WrittenSpan);
    }
}
