using System.Diagnostics;

namespace WsCluster.Tests.Chaos.Faults;

/// <summary>All faults of long runs.</summary>
internal static class FaultCatalog
{
    /// <summary>Each of them once.</summary>
    public static IReadOnlyList<IFault> All { get; } =
    [
        new KillSiloFault(),
        new KillGatewayFault(),
        new RollingRestartFault(),
        new FreezeGatewayFault(TimeSpan.FromSeconds(5)),
        new FreezeGatewayFault(TimeSpan.FromSeconds(30)),
        new FreezeSiloFault(TimeSpan.FromSeconds(2)),
        new FreezeSiloFault(TimeSpan.FromSeconds(60)),
        new RedisKillFault(TimeSpan.FromSeconds(5)),
        new RedisKillFault(TimeSpan.FromSeconds(60)),
        new MembershipLostFault(),
        new RedisSlowFault(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(15)),
        new RedisPartitionFault(halfOpen: true, TimeSpan.FromSeconds(10)),
        new RedisPartitionFault(halfOpen: false, TimeSpan.FromSeconds(10)),
        new SiloPartitionFault(TimeSpan.FromSeconds(20)),
        new SlowConsumersFault(20),
        new ReconnectStormFault(cold: false),
        new ReconnectStormFault(cold: true),
        new GatewaysJoinFault(10),
    ];

    /// <summary>One after the other in seeded order, all of them before any comes again, until the time is over.</summary>
    public static IEnumerable<IFault> Schedule(IReadOnlyList<IFault> faults, int seed, TimeSpan duration)
    {
        var random = new Random(seed);
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var round = faults.ToArray();
            random.Shuffle(round);
            foreach (var fault in round)
            {
                if (Stopwatch.GetElapsedTime(start) > duration)
                {
                    yield break;
                }

                yield return fault;
            }
        }
    }
}
