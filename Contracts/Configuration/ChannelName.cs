namespace WsCluster.Configuration;

/// <summary>The parts of a channel's name (protocol §20): <c>$namespace:rest#user1,user2</c>.</summary>
public static class ChannelName
{
    /// <summary>Marks a private channel, at the start of the name.</summary>
    public const char PrivatePrefix = '$';

    /// <summary>Ends the namespace.</summary>
    public const char NamespaceBoundary = ':';

    /// <summary>Starts the list of users of a user-limited channel.</summary>
    public const char UserBoundary = '#';

    /// <summary>Separates the users of a user-limited channel.</summary>
    public const char UserSeparator = ',';

    /// <summary>True for channels that only a subscription token opens.</summary>
    public static bool IsPrivate(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return channel.StartsWith(PrivatePrefix);
    }

    /// <summary>The namespace's name; empty for a channel without one.</summary>
    public static ReadOnlySpan<char> NamespaceOf(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var start = IsPrivate(channel) ? 1 : 0;
        var end = channel.IndexOf(NamespaceBoundary, StringComparison.Ordinal);
        return end < 0 ? default : channel.AsSpan(start, end - start);
    }

    /// <summary>The name after the namespace boundary; the whole channel when it has no namespace.</summary>
    public static ReadOnlySpan<char> RestOf(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return channel.AsSpan(channel.IndexOf(NamespaceBoundary, StringComparison.Ordinal) + 1);
    }

    /// <summary>True when the channel has a user list and <paramref name="user"/> is on it.</summary>
    public static bool ListsUser(string channel, string user)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var boundary = channel.LastIndexOf(UserBoundary);
        if (boundary < 0)
        {
            return false;
        }

        var users = channel.AsSpan(boundary + 1);
        foreach (var range in users.Split(UserSeparator))
        {
            if (users[range].SequenceEqual(user))
            {
                return true;
            }
        }

        return false;
    }
}
