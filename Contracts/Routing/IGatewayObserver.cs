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
    /// The timeout is short because the answer may come through another silo, which may hang (Orleans sends the answers of a
    /// client through a silo of its own choice): the batch is repeated then, and acknowledged through <see cref="ISiloEntrance"/>.
    /// </remarks>
    [Alias("Deliver"), ResponseTimeout("00:00:02")]
    Task DeliverAsync(DeliveryBatch batch);
}
