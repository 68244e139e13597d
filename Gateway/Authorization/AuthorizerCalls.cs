using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Authorization;

/// <summary>Asks the application's <see cref="IChannelAuthorizer"/> in the silos.</summary>
internal sealed class AuthorizerCalls(IGrainFactory grains, ClusterCalls calls) : IChannelDecider
{
    public Task<SubscribeDecision> MaySubscribeAsync(Connection connection, string channel, byte[] data)
    {
        var attempt = new SubscribeAttempt { Channel = channel, Caller = connection.AsCaller(), Data = data };
        return calls.RepeatUnlessRunAsync(() => Grain(channel).MaySubscribeAsync(attempt));
    }

    public Task<PublishDecision> MayPublishAsync(Connection connection, string channel, byte[] data, bool isSubscribed)
    {
        var attempt = new PublishAttempt { Channel = channel, Caller = connection.AsCaller(), Data = data, IsSubscribed = isSubscribed };
        return calls.RepeatUnlessRunAsync(() => Grain(channel).MayPublishAsync(attempt));
    }

    private IAuthorizationGrain Grain(string channel) =>
        grains.GetGrain<IAuthorizationGrain>((uint)string.GetHashCode(channel, StringComparison.Ordinal) % IAuthorizationGrain.Keys);
}
