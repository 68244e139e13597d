using WsCluster.Routing;

namespace WsCluster.Memory;

/// <summary>A gateway that takes every batch and keeps nothing: what remains in memory is the silo's.</summary>
internal sealed class IdleGateway : IGatewayObserver
{
    private readonly IGrainFactory _grains;
    private readonly GatewayLane _lane;
    private long _number;

    public IdleGateway(IGrainFactory grains)
    {
        _grains = grains;
        _lane = new GatewayLane { GatewayId = "memory", Incarnation = 1, Lane = 0, Observer = grains.CreateObjectReference<IGatewayObserver>(this) };
    }

    public Task DeliverAsync(DeliveryBatch batch) => Task.CompletedTask;

    /// <summary>Subscribes to a channel, as a gateway does for its first subscriber there.</summary>
    public Task SubscribeAsync(string channel) => _grains.GetGrain<IChannelRouting>(channel).SubscribeAsync(
        new GatewaySubscription { Lane = _lane, Number = Interlocked.Increment(ref _number) });

    /// <summary>Reports a member of a channel.</summary>
    public Task JoinAsync(string channel, string client) => _grains.GetGrain<IChannelRouting>(channel).UpdatePresenceAsync(new PresenceUpdate
    {
        GatewayId = _lane.GatewayId,
        Incarnation = _lane.Incarnation,
        Number = Interlocked.Increment(ref _number),
        Changes = [new PresenceChange(
            new PresenceMember { Info = new ClientInfo { User = client, Client = client }, Presence = true, JoinLeave = false }, Joined: true)],
    });

    /// <summary>Registers a user's connection.</summary>
    public Task ConnectAsync(string user) => _grains.GetGrain<IUserRouting>(user).ConnectAsync(
        new UserSession
        {
            Client = user,
            GatewayId = _lane.GatewayId,
            ConnectedAt = DateTimeOffset.UtcNow,
            Name = "js",
            Version = "1",
        },
        _lane);
}
