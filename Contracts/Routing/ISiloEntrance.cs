using Orleans.Concurrency;
using Orleans.Services;

namespace WsCluster.Routing;

/// <summary>
/// A silo's entrance for gateways. Orleans sends a gateway's calls to a grain through a silo of its own choice, always the same,
/// and so it does with the answers to deliveries: when that silo hangs or is cut off from the grain's, everything that goes
/// this way waits. A call to an entrance goes over the gateway's connection to that very silo. Not for applications.
/// </summary>
[Alias("WsCluster.ISiloEntrance")]
public interface ISiloEntrance : IGrainService
{
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
}
