using WsCluster.Tests.Chaos.Faults;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos;

/// <summary>A run: how large, which faults, and the seed of every choice.</summary>
internal sealed record RunPlan
{
    public required int Seed { get; init; }

    public required IEnumerable<IFault> Faults { get; init; }

    public int Silos { get; init; } = 3;

    public int Gateways { get; init; } = 2;

    public LoadSettings Load { get; init; } = new();

    /// <summary>How long the load runs undisturbed before the first fault and between two.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(3);
}
