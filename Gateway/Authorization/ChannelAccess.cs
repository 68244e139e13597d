using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Authorization;

/// <summary>Who may do what in a channel now: its namespace's options (protocol §21), less what was revoked.</summary>
internal sealed class ChannelAccess(IOptionsMonitor<GatewayOptions> options, RevocationList revocations)
{
    private bool Insecure => options.CurrentValue.Insecure;

    /// <summary>True when a client without a subscription token may subscribe.</summary>
    public bool MaySubscribe(ChannelOptions channelOptions, string channel, string user) =>
        ChannelPermissions.MaySubscribe(channelOptions, channel, user, Insecure) && !revocations.IsChannelRevoked(user, channel, grantedAt: null);

    /// <summary>True when a client may publish.</summary>
    public bool MayPublish(ChannelOptions channelOptions, string channel, string user, Subscription? subscription) =>
        ChannelPermissions.MayPublish(channelOptions, user, subscription is not null, Insecure) && !IsRevoked(channel, user, subscription);

    /// <summary>True when a client may read presence.</summary>
    public bool MayReadPresence(ChannelOptions channelOptions, string channel, string user, Subscription? subscription) =>
        ChannelPermissions.MayReadPresence(channelOptions, user, subscription is not null, Insecure) && !IsRevoked(channel, user, subscription);

    /// <summary>True when a client may read history.</summary>
    public bool MayReadHistory(ChannelOptions channelOptions, string channel, string user, Subscription? subscription) =>
        ChannelPermissions.MayReadHistory(channelOptions, user, subscription is not null, Insecure) && !IsRevoked(channel, user, subscription);

    /// <summary>True when the user has lost the right to the channel, and no subscription has a newer one.</summary>
    public bool IsRevoked(string channel, string user, Subscription? subscription = null) =>
        revocations.IsChannelRevoked(user, channel, subscription?.Grant.IssuedAt);
}
