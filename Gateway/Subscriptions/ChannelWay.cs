using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>The way to a channel's grain. Whoever calls here tries again by itself.</summary>
internal sealed class ChannelWay(string channel, IChannelRouting grain, SiloEntrances entrances, GatewayOptions options, TimeProvider time)
    : ClusterWay(entrances, options, time)
{
    /// <inheritdoc cref="IChannelRouting.SubscribeAsync"/>
    public async Task<ChannelAttachment> SubscribeAsync(GatewaySubscription subscription)
    {
        var attachment = await TryAsync(
            entrance => entrance is null ? grain.SubscribeAsync(subscription) : entrance.SubscribeAsync(channel, subscription));
        Found(attachment.SiloId);
        return attachment;
    }

    /// <inheritdoc cref="IChannelRouting.UpdatePresenceAsync"/>
    public Task<bool> UpdatePresenceAsync(PresenceUpdate update) =>
        TryAsync(entrance => entrance is null ? grain.UpdatePresenceAsync(update) : entrance.UpdatePresenceAsync(channel, update));

    /// <inheritdoc cref="IChannelRouting.RecoverAsync"/>
    public Task<HistoryPage> RecoverAsync(RecoveryQuery query) =>
        TryAsync(entrance => entrance is null ? grain.RecoverAsync(query) : entrance.RecoverAsync(channel, query));
}
