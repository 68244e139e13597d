using Orleans.Concurrency;

namespace WsCluster;

/// <summary>
/// Publishes atomic sets. Any key will do: it runs on the silo that the call arrives at, and the sets are in Redis.
/// </summary>
[Alias("WsCluster.IAtomicPublishGrain")]
public interface IAtomicPublishGrain : IGrainWithStringKey
{
    /// <summary>Publishes to several durable channels, all or none.</summary>
    /// <exception cref="WsClusterException">
    /// Nothing was and will be published: 102 for a namespace that is not configured, 107 for a request that breaks a rule or a key
    /// that was used for other channels, 108 for a channel that is not durable or has a behavior, 111 when too many sets are pending.
    /// 100 (temporary): the store is away, or the outcome is unknown; repeat with the same key.
    /// </exception>
    [Alias("Publish"), AlwaysInterleave]
    Task<AtomicPublishResult> PublishAsync(AtomicPublishRequest request);
}
