using Orleans.Concurrency;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>Calls a channel from the silo that the call arrived at: every silo has a relay of any key. Holds no state.</summary>
[StatelessWorker]
internal sealed class PublishRelay : Grain, IPublishRelay
{
    public Task<StreamPosition> PublishAsync(string channel, PublishRequest request) => GrainFactory.GetGrain<IChannelGrain>(channel).PublishAsync(request);
}
