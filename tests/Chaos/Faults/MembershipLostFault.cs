using System.Globalization;
using StackExchange.Redis;

namespace WsCluster.Tests.Chaos.Faults;

/// <summary>
/// The membership is gone, as after FLUSHALL or a failover to an empty Redis. Silos and streams share one connection string, so
/// only the membership's keys are deleted. Each silo must notice that its row is gone, stop serving and end; the harness starts
/// it again, as an orchestrator does, and the new ones form one cluster.
/// </summary>
internal sealed class MembershipLostFault : IFault
{
    private static readonly TimeSpan TimeToNotice = TimeSpan.FromSeconds(60);

    public string Name => "membership lost";

    public async Task RunAsync(FaultScene scene)
    {
        var silos = scene.Cluster.Silos.Select(s => s.Process.Id).ToList();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{scene.Cluster.Redis.Port},allowAdmin=true"));
        scene.Strike();
        var deleted = 0;
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: $"*/members/{scene.Cluster.ClusterId}"))
        {
            deleted += await redis.GetDatabase().KeyDeleteAsync(key) ? 1 : 0;
        }

        if (deleted == 0)
        {
            throw new InvalidOperationException("Redis has no membership under the key that was expected.");
        }

        await Patience.UntilNoTroubleAsync(
            TimeToNotice,
            () => Task.FromResult(scene.Cluster.Silos.Any(s => s.IsHeldDown || s.Process.HasExited || silos.Contains(s.Process.Id))
                ? "without membership not every silo has ended and been replaced."
                : null));
    }
}
