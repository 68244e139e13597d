using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Authorization;

/// <summary>Asks application code whether a client may use a channel. A failure throws a temporary <see cref="WsClusterException"/>.</summary>
internal interface IChannelDecider
{
    /// <summary>May it subscribe?</summary>
    Task<SubscribeDecision> MaySubscribeAsync(Connection connection, string channel, byte[] data);

    /// <summary>May it publish this?</summary>
    Task<PublishDecision> MayPublishAsync(Connection connection, string channel, byte[] data, bool isSubscribed);
}
