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
    /// <remarks>
    /// The timeout is short because the acknowledgement may come through another silo, which may hang (Orleans sends the answer
    /// of a client by its own choice of a silo): the batch is repeated, and its answer finds another way as soon as there is one.
    /// </remarks>
    [Alias("Deliver"), ResponseTimeout("00:00:02")]
    Task DeliverAsync(DeliveryBatch batch);
}
