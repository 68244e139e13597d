using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>A relay as an outbox sees it: like a gateway's lane. On this very silo it is entered without a call.</summary>
internal sealed class RelayObserver(Func<DeliveryBatch, Task<bool>> relay) : IGatewayObserver
{
    public async Task DeliverAsync(DeliveryBatch batch)
    {
        if (!await relay(batch))
        {
            throw new UnknownOutboxException();
        }
    }
}
