using Orleans.Concurrency;

namespace WsCluster.Routing;

/// <summary>
/// The relay of a silo: passes what another silo's channels publish on to gateways, so that such a channel sends once for each silo
/// instead of once for each gateway. The key is <see cref="KeyOf"/>. Only silos call it.
/// </summary>
[Alias("WsCluster.IDeliveryRelay")]
public interface IDeliveryRelay : IGrainWithStringKey
{
    /// <summary>Tells of gateways that the entries to come may name. When it has been answered the relay can be used.</summary>
    /// <param name="outboxId">The outbox that the entries will come from.</param>
    /// <param name="lanes">Where to deliver.</param>
    [Alias("Introduce"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task IntroduceAsync(Guid outboxId, [Immutable] GatewayLane[] lanes);

    /// <summary>Takes a batch and queues its entries for the gateways. One that came before is not taken again.</summary>
    /// <returns>False when the relay does not know the outbox (any more): whatever it had for it is gone.</returns>
    [Alias("Relay"), ResponseTimeout("00:00:02")]
    Task<bool> RelayAsync(DeliveryBatch batch);

    /// <summary>
    /// Ends when gateways have acknowledged what they were passed on until now. Silos of an older version do not know it: what is on its
    /// way through them is not waited for.
    /// </summary>
    [Alias("Flush"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task FlushAsync();

    /// <summary>
    /// The relay of another silo is about to stop: hot channels on this one go on without it. Ends when it has been sent all that was
    /// queued for it. Silos of an older version do not know it, and find out by their gateways.
    /// </summary>
    /// <param name="siloId">The silo that stops.</param>
    [Alias("Leave"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task LeaveAsync(string siloId);

    /// <summary>The key of a silo's relay for a lane of another silo; begins like those of <see cref="IPublishIngress"/>.</summary>
    static string KeyOf(string siloId, string sourceSiloId, int lane) => $"{siloId}/{sourceSiloId}/{lane}";
}
