using Orleans.Configuration;
using Orleans.Hosting;

namespace WsCluster.Grains.Hosting;

/// <summary>How silos watch each other, and what they may use.</summary>
internal static class SiloProfile
{
    private const int MaxMessageBytes = 8 * 1024 * 1024;

    /// <summary>
    /// A silo that died is out of the cluster after about three seconds, one that hangs after about four, and yet one that
    /// pauses for two stays in.
    /// </summary>
    public static ISiloBuilder UseFastMembership(this ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(membership =>
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);

        // A hanging silo keeps its connections. No vote is cast against it before those have brought nothing for this times the
        // limit below: longer than the pause that must not matter, and no longer than that needs.
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.2);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
        membership.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
    });

    /// <summary>
    /// Where activations are registered. Orleans' default directory ends, with a silo, the activations on all other silos that were
    /// registered there: a stop of one silo would cost channels everywhere their history in memory. This one hands its entries over,
    /// or collects them again from the silos that live, and never has two activations of a grain in one view of the cluster.
    /// </summary>
    public static ISiloBuilder UseSteadyDirectory(this ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // marked as experimental; docs/decisions/0005-steady-directory.md
        // By default nothing may take a crashed silo's grains over for 24 seconds, lest it is only cut off and its activations still
        // work. Here they may: durable streams fence such an activation by themselves, and memory begins a new epoch.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        return silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
    }

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
