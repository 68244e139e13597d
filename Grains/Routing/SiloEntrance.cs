using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using WsCluster.Configuration;
using WsCluster.Grains.Relays;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// Passes on what gateways want of any grain, over their connection to this silo. It is a grain service because those alone can
/// be addressed by the silo that they run on: their id has the silo's address for clients.
/// </summary>
internal sealed class SiloEntrance(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    ILocalSiloDetails details,
    ClusterOptions cluster,
    IGrainFactory grains,
    ChannelReferences channels,
    GatewayOutboxes outboxes,
    RelayOutboxes relayed) : GrainService(id, silo, loggers), ISiloEntrance
{
    /// <inheritdoc/>
    public override Task Init(IServiceProvider serviceProvider)
    {
        if (!cluster.IsEmbedded && details.GatewayAddress is { } address)
        {
            // Clients know a silo by the end point for clients, in any of its lives.
            var way = SystemTargetGrainId.Create(GrainId.Type, SiloAddress.New(address.Endpoint, 0));
            outboxes.OpenEntrance(way.GrainId.ToString());
            relayed.OpenEntrance(way.GrainId.ToString());
        }

        return base.Init(serviceProvider);
    }

    public Task<PublishReceipt[]> PublishAsync(string gatewayId, ChannelPublishes[] groups) =>
        grains.GetGrain<IPublishIngress>(IPublishIngress.KeyOf(outboxes.SiloId, gatewayId)).PublishAsync(groups);

    public Task<ChannelAttachment> SubscribeAsync(string channel, GatewaySubscription subscription) =>
        channels.For(channel).SubscribeAsync(subscription);

    public Task<bool> UpdatePresenceAsync(string channel, PresenceUpdate update) => channels.For(channel).UpdatePresenceAsync(update);

    public Task<HistoryPage> RecoverAsync(string channel, RecoveryQuery query) => channels.For(channel).RecoverAsync(query);

    public Task AcknowledgeAsync(Guid outboxId, long sequence)
    {
        outboxes.Acknowledge(outboxId, sequence);
        relayed.Acknowledge(outboxId, sequence);
        return Task.CompletedTask;
    }

    public Task<ChannelAdmission> AdmitAsync(string channel, SubscribeAttempt attempt) => channels.For(channel).AdmitAsync(attempt);

    public Task<HistoryPage> GetHistoryAsync(string channel, HistoryQuery query) => Channel(channel).GetHistoryAsync(query);

    public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(string channel) => Channel(channel).GetPresenceAsync();

    public Task<PresenceStats> GetPresenceStatsAsync(string channel) => Channel(channel).GetPresenceStatsAsync();

    public Task<SessionAdmission> ConnectUserAsync(string user, UserSession session, GatewayLane lane) => Connections(user).ConnectAsync(session, lane);

    public Task DisconnectUserAsync(string user, string client, string gatewayId) => Connections(user).DisconnectAsync(client, gatewayId);

    public Task<SessionAdmission> RestoreUserAsync(string user, IReadOnlyList<UserSession> sessions, GatewayLane lane) =>
        Connections(user).RestoreAsync(sessions, lane);

    public Task ExecuteUserAsync(string user, UserCommand command) => User(user).ExecuteAsync(command);

    public Task<IReadOnlyList<UserSession>> GetSessionsAsync(string user) => User(user).GetSessionsAsync();

    public Task<UserStatus> GetStatusAsync(string user) => User(user).GetStatusAsync();

    public Task<InboxState> GetInboxAsync(string user) => User(user).GetInboxAsync();

    public Task<InboxState> MarkInboxReadAsync(string user, ulong upTo) => User(user).MarkInboxReadAsync(upTo);

    private IChannelGrain Channel(string name) => grains.GetGrain<IChannelGrain>(name);

    private IUserRouting Connections(string user) => grains.GetGrain<IUserRouting>(user);

    private IUserGrain User(string user) => grains.GetGrain<IUserGrain>(user);
}
