namespace WsCluster.Tests.Chaos.Faults;

/// <summary>
/// All clients lose their connections at once and come back at once. Warm: what they missed is in the channels' memory. Cold:
/// they stay away while more is published than a channel keeps in memory, so that it comes from Redis.
/// </summary>
internal sealed class ReconnectStormFault(bool cold) : IFault
{
    private const int ColdPublicationsPerChannel = 120;
    private const int ColdPublicationBytes = 1024; // together well over RedisHistory:TailBytes
    private static readonly TimeSpan ColdAway = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(500);

    public string Name => cold ? "reconnect storm, cold history" : "reconnect storm";

    public async Task RunAsync(FaultScene scene)
    {
        foreach (var gateway in scene.Cluster.Gateways)
        {
            scene.Touch(gateway);
        }

        var away = cold ? ColdAway : TimeSpan.Zero;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        foreach (var client in scene.Load.Clients)
        {
            client.Drop("the network is gone", away + (scene.Random.NextDouble() * Jitter));
        }

        if (!cold)
        {
            scene.Strike();
            return;
        }

        await Task.WhenAll(scene.Load.Channels.Open.Select(async channel =>
        {
            for (var i = 0; i < ColdPublicationsPerChannel && System.Diagnostics.Stopwatch.GetElapsedTime(start) < ColdAway; i++)
            {
                await scene.Load.RollCaller.PublishAsync(channel, ColdPublicationBytes);
            }
        }));
        var rest = ColdAway - System.Diagnostics.Stopwatch.GetElapsedTime(start);
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        scene.Strike();
    }
}
