using Orleans.Concurrency;

namespace WsCluster.Grains.AtomicSets;

/// <summary>Publishes atomic sets on the silo that the call arrived at. Holds no state.</summary>
[StatelessWorker]
internal sealed class AtomicPublishGrain(SetPublisher publisher, SetSweep sweep) : Grain, IAtomicPublishGrain
{
    public async Task<AtomicPublishResult> PublishAsync(AtomicPublishRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await publisher.PublishAsync(request);
        }
        catch (WsClusterException e) when (e.Code == ErrorCode.Internal)
        {
            sweep.Alert(); // it may be decided
            throw;
        }
    }
}
