namespace WsCluster.Tests.Chaos.Faults;

/// <summary>Redis answers everybody later than usual.</summary>
internal sealed class RedisSlowFault(TimeSpan latency, TimeSpan duration) : IFault
{
    public string Name => $"Redis +{latency.TotalMilliseconds:0} ms for {duration.TotalSeconds:0} s";

    public async Task RunAsync(FaultScene scene)
    {
        var proxies = scene.Cluster.Members.Select(m => m.Redis).ToList();
        scene.Strike();
        proxies.ForEach(p => p.Latency = latency / 2); // in each direction
        await Task.Delay(duration);
        proxies.ForEach(p => p.Latency = TimeSpan.Zero);
    }
}
