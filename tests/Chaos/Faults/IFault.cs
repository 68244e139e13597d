using WsCluster.Tests.Chaos.Cluster;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos.Faults;

/// <summary>Something that goes wrong, and is put right.</summary>
internal interface IFault
{
    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>False where this machine cannot do it.</summary>
    bool AppliesTo(ChaosCluster cluster) => true;

    /// <summary>True when every question must have found its answer before half of it is over.</summary>
    bool KeepsAnswering => false;

    /// <summary>Breaks, holds and mends. Returns when everything that was broken runs again.</summary>
    Task RunAsync(FaultScene scene);
}

/// <summary>What a fault works on, and what it says about itself.</summary>
internal sealed class FaultScene(ChaosCluster cluster, ChaosLoad load, Random random)
{
    private readonly HashSet<Uri> _touched = [];

    public ChaosCluster Cluster => cluster;

    public ChaosLoad Load => load;

    /// <summary>The seeded source of all choices.</summary>
    public Random Random => random;

    /// <summary>The moment from which recovery counts, in Stopwatch ticks: the blow.</summary>
    public long StruckAt { get; private set; }

    /// <summary>The moment at which it was put right, in Stopwatch ticks; zero where that has no moment.</summary>
    public long MendedAt { get; private set; }

    /// <summary>What happened, for the report.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Now the blow falls.</summary>
    public void Strike() => StruckAt = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>Now all is whole again.</summary>
    public void Mend() => MendedAt = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>This gateway's clients may lose their connections. All others may not.</summary>
    public void Touch(Member gateway) => _touched.Add(gateway.Address);

    public bool IsTouched(Uri gateway) => _touched.Contains(gateway);

    public Member AnySilo() => cluster.Silos[random.Next(cluster.Silos.Count)];

    public Member AnyGateway() => cluster.Gateways[random.Next(cluster.Gateways.Count)];
}
