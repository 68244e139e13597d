using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>
/// The door to a silo's <see cref="RelayShares"/> for one lane of another silo, on the silo that its key names. Holds no state, so its
/// end means nothing.
/// </summary>
[KeyedSiloPlacement]
internal sealed class DeliveryRelay(RelayShares shares, RelayOutboxes outboxes, HotChannels hot) : Grain, IDeliveryRelay
{
    public Task IntroduceAsync(Guid outboxId, GatewayLane[] lanes)
    {
        ArgumentNullException.ThrowIfNull(lanes);
        shares.Introduce(outboxId, lanes);
        return Task.CompletedTask;
    }

    public Task<bool> RelayAsync(DeliveryBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Task.FromResult(shares.Take(batch));
    }

    public Task FlushAsync() => outboxes.FlushAsync();

    public Task LeaveAsync(string siloId) => hot.LeaveAsync(siloId);
}
