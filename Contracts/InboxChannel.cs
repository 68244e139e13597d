using WsCluster.Configuration;

namespace WsCluster;

/// <summary>
/// The channel that keeps what is addressed to a user, whether the user is there or not: publish into it as into any channel. A user's
/// connections are subscribed to it when they connect (<c>WsCluster:Inbox:Enabled</c>).
/// </summary>
public static class InboxChannel
{
    /// <summary>The namespace of inboxes, unless <c>WsCluster:Inbox:Namespace</c> names another.</summary>
    public const string DefaultNamespace = "inbox";

    /// <summary>The user's inbox: <c>inbox:#user</c>, which is limited to that user (protocol §20).</summary>
    /// <exception cref="ArgumentException">The user cannot have one: see <see cref="IsPossible"/>.</exception>
    public static string Of(string user, string channelNamespace = DefaultNamespace)
    {
        ArgumentException.ThrowIfNullOrEmpty(channelNamespace);
        return IsPossible(user)
            ? $"{channelNamespace}{ChannelName.NamespaceBoundary}{ChannelName.UserBoundary}{user}"
            : throw new ArgumentException($"An id that is empty or has a '{ChannelName.UserBoundary}' or '{ChannelName.UserSeparator}' has no inbox.", nameof(user));
    }

    /// <summary>True for an id that an inbox can be limited to: not empty, and without the signs that make a list of users.</summary>
    public static bool IsPossible(string user) => !string.IsNullOrEmpty(user) && user.AsSpan().IndexOfAny(ChannelName.UserBoundary, ChannelName.UserSeparator) < 0;

    /// <summary>Whose inbox a channel is; null when it is none.</summary>
    public static string? UserOf(string channel, string channelNamespace = DefaultNamespace)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var rest = ChannelName.RestOf(channel);
        return !ChannelName.IsPrivate(channel) && ChannelName.NamespaceOf(channel).SequenceEqual(channelNamespace)
            && rest is [ChannelName.UserBoundary, ..] && rest[1..].ToString() is var user && IsPossible(user)
            ? user
            : null;
    }
}
