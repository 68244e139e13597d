namespace WsCluster.Routing;

/// <summary>
/// The channels of a silo in this very process, entered without a call: for what a gateway publishes in embedded mode, and for
/// what an ingress took off the network. Safe to use from any thread.
/// </summary>
public interface ILocalChannels
{
    /// <summary>
    /// Publishes at once, in order, where the channel is active here and its stream needs to wait for nothing. False: nothing was
    /// published, call <see cref="IChannelRouting.PublishManyAsync"/>.
    /// </summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="requests">What to publish.</param>
    /// <param name="outcomes">What became of each request; as long as <paramref name="requests"/>.</param>
    bool TryPublish(string channel, ReadOnlySpan<PublishRequest> requests, Span<PublishOutcome> outcomes);
}
