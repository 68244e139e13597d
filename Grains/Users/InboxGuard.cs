using WsCluster.Configuration;
using WsCluster.Routing;

namespace WsCluster.Grains.Users;

/// <summary>Stands before one inbox: bounds its messages, and has the user reminded of each before it is in.</summary>
internal sealed class InboxGuard(InboxOptions options, string user, IGrainFactory grains)
{
    private readonly IUserRouting? _user = options.UnreadAfter > TimeSpan.Zero ? grains.GetGrain<IUserRouting>(user) : null;

    /// <summary>The guard of a channel; null for one that is no inbox.</summary>
    public static InboxGuard? Of(InboxOptions options, string channel, IGrainFactory grains) =>
        InboxChannel.UserOf(channel, options.Namespace) is { } user ? new InboxGuard(options, user, grains) : null;

    /// <summary>Throws for a message that the inbox must not keep.</summary>
    public static void Check(InboxOptions options, PublishRequest message)
    {
        if (message.Data.Length > options.MaxMessageBytes)
        {
            throw new WsClusterException(ErrorCode.LimitExceeded, $"A message of an inbox has at most {options.MaxMessageBytes} bytes.");
        }
    }

    /// <inheritdoc cref="Check(InboxOptions, PublishRequest)"/>
    public void Check(PublishRequest message) => Check(options, message);

    /// <summary>Messages are about to be put in: from when this returns, the user is reminded of them whatever happens.</summary>
    /// <exception cref="WsClusterException">The reminder could not be set: temporary.</exception>
    public async ValueTask ExpectAsync()
    {
        if (_user is null)
        {
            return;
        }

        try
        {
            await _user.ExpectUnreadAsync();
        }
        catch (Exception e) when (e is not WsClusterException)
        {
            throw new WsClusterException(ErrorCode.Internal, $"The user cannot be reminded: {e.Message}");
        }
    }
}
