using Orleans.Concurrency;

namespace WsCluster.Routing;

/// <summary>
/// Another way to a channel. Orleans sends all calls of a process to one grain through the same silo; one that hangs, or is cut
/// off from the channel's, fails each of them. A relay runs on the silo that its key happens to lead to, and calls the channel
/// from there: another key, another way. Not for applications.
/// </summary>
[Alias("WsCluster.IPublishRelay")]
public interface IPublishRelay : IGrainWithStringKey
{
    /// <summary>Passes on <see cref="IChannelGrain.PublishAsync"/>.</summary>
    [Alias("Publish"), AlwaysInterleave]
    Task<StreamPosition> PublishAsync(string channel, PublishRequest request);
}
