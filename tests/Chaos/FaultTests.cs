using WsCluster.Tests.Chaos.Faults;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos;

/// <summary>The selection that runs with the other suites: a small load, faults of each kind on one cluster, always the same seed.</summary>
public sealed class FaultTests
{
    private static readonly LoadSettings Small = new() { Subscribers = 400, Churners = 30, ChannelsPerKind = 6, HttpRate = 40, SocketRate = 40 };

    [Fact]
    public Task Faults_UnderLoad_KeepTheInvariants() => ChaosRun.ExecuteAsync(new RunPlan
    {
        Seed = 1,
        Load = Small,
        Faults =
        [
            // Kills.
            new KillSiloFault(),
            new KillGatewayFault(),
            new KillSiloFault(),
            new ReconnectStormFault(cold: true),

            // Freezes.
            new FreezeSiloFault(TimeSpan.FromSeconds(2)),
            new FreezeGatewayFault(TimeSpan.FromSeconds(5)),
            new SlowConsumersFault(10),
            new FreezeSiloFault(TimeSpan.FromSeconds(20)),

            // Trouble with Redis.
            new RedisKillFault(TimeSpan.FromSeconds(3)),
            new RedisSlowFault(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5)),
            new RedisPartitionFault(halfOpen: true, TimeSpan.FromSeconds(6)),
            new RedisPartitionFault(halfOpen: false, TimeSpan.FromSeconds(6)),

            // Restarts and a partition between silos.
            new RollingRestartFault(),
            new SiloPartitionFault(TimeSpan.FromSeconds(15)),
        ],
    });
}
