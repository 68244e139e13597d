namespace WsCluster.Tests.Chaos.Faults;

/// <summary>SIGKILL of Redis, which starts again with what is in its append-only file. Durable publishes fail meanwhile, nothing else.</summary>
internal sealed class RedisKillFault(TimeSpan away) : IFault
{
    public string Name => $"Redis killed for {away.TotalSeconds:0} s";

    public async Task RunAsync(FaultScene scene)
    {
        var redis = scene.Cluster.Redis;
        scene.Strike();
        await redis.Process.KillAsync();
        await Task.Delay(away);
        await redis.StartAgainAsync();
    }
}
