using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Behaviors;

/// <summary>Asks the application's behaviors, which live in the channels' grains.</summary>
internal sealed class BehaviorCalls(ChannelReferences channels, ChannelQuestions questions, ClusterCalls calls)
{
    /// <summary>Whether a client may subscribe, and what it starts from. A behavior may be asked more than once.</summary>
    /// <exception cref="WsClusterException">The behavior said no, or failed.</exception>
    public async Task<ChannelAdmission> AdmitAsync(Connection connection, string channel, byte[] data)
    {
        var attempt = new SubscribeAttempt { Channel = channel, Caller = connection.AsCaller(), Data = data };
        var admission = await questions.AdmitAsync(channel, attempt);
        return admission.Decision.Denial is { } denial ? throw new WsClusterException(denial) : admission;
    }

    /// <summary>Calls a method of a channel, once.</summary>
    public Task<CallAnswer> CallAsync(Connection connection, string channel, string method, byte[] data)
    {
        var call = new ChannelCall { Method = method, Caller = connection.AsCaller(), Data = data };
        return calls.RepeatUnlessRunAsync(() => channels.For(channel).CallAsync(call));
    }
}
