using WsCluster.Tests.Chaos.Faults;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos;

/// <summary>The selection that runs with the other suites: a small load, a few faults each, always the same seeds.</summary>
public sealed class FaultTests
{
    private static readonly LoadSettings Small = new() { Subscribers = 400, Churners = 30, ChannelsPerKind = 6, HttpRate = 40, SocketRate = 40 };

    [Fact]
    public Task Kills_UnderLoad_KeepTheInvariants() => RunAsync(1, new KillSiloFault(), new KillGatewayFault(), new KillSiloFault(), new ReconnectStormFault(cold: true));

    [Fact]
    public Task Freezes_UnderLoad_KeepTheInvariants() => RunAsync(
        2, new FreezeSiloFault(TimeSpan.FromSeconds(2)), new FreezeGatewayFault(TimeSpan.FromSeconds(5)), new SlowConsumersFault(10), new FreezeSiloFault(TimeSpan.FromSeconds(20)));

    [Fact]
    public Task RedisTroubles_UnderLoad_KeepTheInvariants() => RunAsync(
        3,
        new RedisKillFault(TimeSpan.FromSeconds(3)),
        new RedisSlowFault(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5)),
        new RedisPartitionFault(halfOpen: true, TimeSpan.FromSeconds(6)),
        new RedisPartitionFault(halfOpen: false, TimeSpan.FromSeconds(6)));

    [Fact]
    public Task RestartsAndPartitions_UnderLoad_KeepTheInvariants() => RunAsync(4, new RollingRestartFault(), new SiloPartitionFault(TimeSpan.FromSeconds(15)));

    private static Task RunAsync(int seed, params IFault[] faults) =>
        ChaosRun.ExecuteAsync(new RunPlan { Seed = seed, Faults = faults, Load = Small });
}
