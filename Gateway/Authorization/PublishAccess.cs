using WsCluster.Configuration;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Authorization;

/// <summary>Decides whether a client may publish, and what: the namespace's options do, or application code.</summary>
internal sealed class PublishAccess(ChannelAccess access, AuthorizerCalls authorizer, ChannelProxy proxy)
{
    /// <summary>Why it may not, or what is published (which application code may have replaced; without the publisher's info).</summary>
    public async ValueTask<(Refusal Refusal, PublishRequest? Request)> AuthorizeAsync(
        Connection connection, string channel, byte[] data, ChannelOptions channelOptions, Subscription? subscription)
    {
        var user = connection.Identity!.User;
        IChannelDecider? decider = channelOptions.PublishDecision switch
        {
            ChannelDecision.Authorizer => authorizer,
            ChannelDecision.Proxy => proxy,
            _ => null,
        };
        if (decider is null)
        {
            return access.MayPublish(channelOptions, channel, user, subscription)
                ? (Refusal.None, new PublishRequest { Data = data })
                : (ErrorCode.PermissionDenied, null);
        }

        if (access.IsRevoked(channel, user, subscription))
        {
            return (ErrorCode.PermissionDenied, null);
        }

        var decision = await decider.MayPublishAsync(connection, channel, data, subscription is not null);
        return decision.Denial is { } denial ? (denial, null) : (Refusal.None, decision.Instead ?? new PublishRequest { Data = data });
    }
}
