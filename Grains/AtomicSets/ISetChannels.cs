namespace WsCluster.Grains.AtomicSets;

/// <summary>The way to the channels of a set.</summary>
internal interface ISetChannels
{
    /// <summary>Publishes in a channel; again and again, if need be, with the same mark.</summary>
    Task<StreamPosition> PublishAsync(string channel, PublishRequest request);
}

/// <summary>The way over the channels' grains.</summary>
internal sealed class GrainSetChannels(IGrainFactory grains) : ISetChannels
{
    public Task<StreamPosition> PublishAsync(string channel, PublishRequest request) => grains.GetGrain<IChannelGrain>(channel).PublishAsync(request);
}
