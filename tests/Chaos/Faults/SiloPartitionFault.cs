using WsCluster.Tests.Chaos.Cluster;

namespace WsCluster.Tests.Chaos.Faults;

/// <summary>
/// Packets between two silos vanish; both still reach all others, the gateways and Redis. The cluster may evict one of them,
/// which then ends itself and is started again. Needs network namespaces.
/// </summary>
internal sealed class SiloPartitionFault(TimeSpan duration) : IFault
{
    public string Name => $"silo-silo partition for {duration.TotalSeconds:0} s";

    public bool KeepsAnswering => true;

    public bool AppliesTo(ChaosCluster cluster) => cluster.Network is not null && cluster.Silos.Count > 1;

    public async Task RunAsync(FaultScene scene)
    {
        var one = scene.Random.Next(scene.Cluster.Silos.Count);
        var other = (one + 1 + scene.Random.Next(scene.Cluster.Silos.Count - 1)) % scene.Cluster.Silos.Count;
        scene.Notes.Add($"silo-{one} and silo-{other}");
        scene.Strike();
        await scene.Cluster.Network!.PartAsync(one, other);
        await Task.Delay(duration);
        scene.Mend();
        await scene.Cluster.Network.JoinAsync(one, other);
    }
}
