using WsCluster.Configuration;

namespace WsCluster.Gateway.Commands;

/// <summary>Who may do what in a channel, by its namespace's options (protocol §21). Pure rules.</summary>
internal static class ChannelPermissions
{
    /// <summary>True when a client without a subscription token may subscribe.</summary>
    public static bool MaySubscribe(ChannelOptions options, string channel, string user, bool insecure)
    {
        if (ChannelName.IsPrivate(channel))
        {
            return false;
        }

        if (IsUserLimited(options, channel))
        {
            return (user.Length > 0 && ChannelName.ListsUser(channel, user)) || insecure;
        }

        return insecure || (options.AllowSubscribeForClient && (user.Length > 0 || options.AllowSubscribeForAnonymous));
    }

    /// <summary>True when the channel's name says who may subscribe to it.</summary>
    public static bool IsUserLimited(ChannelOptions options, string channel) =>
        options.AllowUserLimitedChannels && channel.Contains(ChannelName.UserBoundary, StringComparison.Ordinal);

    /// <summary>True when a client may publish.</summary>
    public static bool MayPublish(ChannelOptions options, string user, bool subscribed, bool insecure) =>
        May(options.AllowPublishForClient, options.AllowPublishForSubscriber, options.AllowPublishForAnonymous, user, subscribed, insecure);

    /// <summary>True when a client may read presence.</summary>
    public static bool MayReadPresence(ChannelOptions options, string user, bool subscribed, bool insecure) =>
        May(options.AllowPresenceForClient, options.AllowPresenceForSubscriber, options.AllowPresenceForAnonymous, user, subscribed, insecure);

    /// <summary>True when a client may read history.</summary>
    public static bool MayReadHistory(ChannelOptions options, string user, bool subscribed, bool insecure) =>
        May(options.AllowHistoryForClient, options.AllowHistoryForSubscriber, options.AllowHistoryForAnonymous, user, subscribed, insecure);

    private static bool May(bool client, bool subscriber, bool anonymous, string user, bool subscribed, bool insecure) =>
        insecure || ((client || (subscriber && subscribed)) && (user.Length > 0 || anonymous));
}
