using Orleans.Configuration;
using Orleans.Hosting;

namespace WsCluster.Grains.Hosting;

/// <summary>How silos watch each other, and what they may use.</summary>
internal static class SiloProfile
{
    private const int MaxMessageBytes = 8 * 1024 * 1024;

    /// <summary>A silo that died is out of the cluster after about three seconds, and yet one that pauses for two stays in.</summary>
    public static ISiloBuilder UseFastMembership(this ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(membership =>
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
        membership.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
    });

    /// <summary>Bounds for calls, queues, messages and idle activations.</summary>
    public static ISiloBuilder UseBounds(this ISiloBuilder silo) => silo
        .Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = TimeSpan.FromSeconds(5);
            messaging.ClientDropTimeout = TimeSpan.FromSeconds(10);
            messaging.MaxMessageBodySize = MaxMessageBytes;

            // One hot channel may have many callers waiting; past this the next one is refused instead of queued.
            messaging.MaxEnqueuedRequestsHardLimit = 50_000;
        })
        .Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = TimeSpan.FromMinutes(5);
            collection.CollectionQuantum = TimeSpan.FromSeconds(30);
            collection.DeactivationTimeout = TimeSpan.FromSeconds(10);
        });
}
