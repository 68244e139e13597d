namespace WsCluster.Routing;

/// <summary>
/// One lane of a gateway: takes deliveries from silos. Orleans runs one observer strictly one call at a time, so a
/// gateway has a few lanes and a channel always uses the same one.
/// </summary>
[Alias("WsCluster.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>
    /// Takes a batch; the reply is the acknowledgement that renews the gateway's lease on the silo. The handler only
    /// enqueues, it never waits for a client. A repeated sequence number of one outbox is ignored.
    /// </summary>
    [Alias("Deliver"), ResponseTimeout("00:00:04")]
    Task DeliverAsync(DeliveryBatch batch);
}
