using Orleans.Concurrency;
using Orleans.Services;

namespace WsCluster.Routing;

/// <summary>
/// A silo's entrance for gateways. Orleans sends a gateway's calls to a grain through a silo of its own choice, always the same,
/// and so it does with the answers to deliveries: when that silo hangs or is cut off from the grain's, everything that goes
/// this way waits. A call to an entrance goes over the gateway's connection to that very silo. Not for applications.
/// </summary>
/// <remarks>
/// A call that is given up may arrive all the same, late or besides its repeat. So nothing is passed on that must not run twice: no messages
/// to a user (<see cref="SendToUser"/>), no calls of a behavior's methods, no questions to authorizers, no removal of history.
/// </remarks>
[Alias("WsCluster.ISiloEntrance")]
public interface ISiloEntrance : IGrainService
{
    /// <summary>
    /// The <see cref="DeliveryBatch.EntranceLevel"/> of entrances that have the calls to read channels and to reach users. A silo of an
    /// older version does not know them and names none: what it cannot pass on keeps to Orleans' way.
    /// </summary>
    const int ReadsAndUsers = 1;

    /// <summary>Publishes through the ingress that the gateway has on this silo, <see cref="IPublishIngress.PublishAsync"/>.</summary>
    [Alias("Publish")]
    Task<PublishReceipt[]> PublishAsync(string gatewayId, [Immutable] ChannelPublishes[] groups);

    /// <summary>Passes on <see cref="IChannelRouting.SubscribeAsync"/>.</summary>
    [Alias("Subscribe")]
    Task<ChannelAttachment> SubscribeAsync(string channel, GatewaySubscription subscription);

    /// <summary>Passes on <see cref="IChannelRouting.UpdatePresenceAsync"/>.</summary>
    [Alias("UpdatePresence")]
    Task<bool> UpdatePresenceAsync(string channel, PresenceUpdate update);

    /// <summary>Passes on <see cref="IChannelRouting.RecoverAsync"/>.</summary>
    [Alias("Recover")]
    Task<HistoryPage> RecoverAsync(string channel, RecoveryQuery query);

    /// <summary>
    /// Acknowledges a batch whose answer may be lost. It may get lost itself: then the batch comes again, and so does this.
    /// </summary>
    [Alias("Acknowledge"), OneWay]
    Task AcknowledgeAsync(Guid outboxId, long sequence);

    /// <summary>Passes on <see cref="IChannelRouting.AdmitAsync"/>.</summary>
    [Alias("Admit")]
    Task<ChannelAdmission> AdmitAsync(string channel, SubscribeAttempt attempt);

    /// <summary>Passes on <see cref="IChannelGrain.GetHistoryAsync"/>.</summary>
    [Alias("GetHistory")]
    Task<HistoryPage> GetHistoryAsync(string channel, HistoryQuery query);

    /// <summary>Passes on <see cref="IChannelGrain.GetPresenceAsync"/>.</summary>
    [Alias("GetPresence")]
    Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(string channel);

    /// <summary>Passes on <see cref="IChannelGrain.GetPresenceStatsAsync"/>.</summary>
    [Alias("GetPresenceStats")]
    Task<PresenceStats> GetPresenceStatsAsync(string channel);

    /// <summary>Passes on <see cref="IUserRouting.ConnectAsync"/>.</summary>
    [Alias("ConnectUser")]
    Task<SessionAdmission> ConnectUserAsync(string user, UserSession session, GatewayLane lane);

    /// <summary>Passes on <see cref="IUserRouting.DisconnectAsync"/>.</summary>
    [Alias("DisconnectUser")]
    Task DisconnectUserAsync(string user, string client, string gatewayId);

    /// <summary>Passes on <see cref="IUserRouting.RestoreAsync"/>.</summary>
    [Alias("RestoreUser")]
    Task<SessionAdmission> RestoreUserAsync(string user, IReadOnlyList<UserSession> sessions, GatewayLane lane);

    /// <summary>Passes on <see cref="IUserGrain.ExecuteAsync"/>.</summary>
    [Alias("ExecuteUser")]
    Task ExecuteUserAsync(string user, UserCommand command);

    /// <summary>Passes on <see cref="IUserGrain.GetSessionsAsync"/>.</summary>
    [Alias("GetSessions")]
    Task<IReadOnlyList<UserSession>> GetSessionsAsync(string user);

    /// <summary>Passes on <see cref="IUserGrain.GetStatusAsync"/>.</summary>
    [Alias("GetStatus")]
    Task<UserStatus> GetStatusAsync(string user);

    /// <summary>Passes on <see cref="IUserGrain.GetInboxAsync"/>.</summary>
    [Alias("GetInbox")]
    Task<InboxState> GetInboxAsync(string user);

    /// <summary>Passes on <see cref="IUserGrain.MarkInboxReadAsync"/>.</summary>
    [Alias("MarkInboxRead")]
    Task<InboxState> MarkInboxReadAsync(string user, ulong upTo);
}
