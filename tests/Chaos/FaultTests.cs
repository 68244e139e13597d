using WsCluster.Tests.Chaos.Faults;

namespace WsCluster.Tests.Chaos;

/// <summary>The selection that runs with the other suites: a small load, few faults each, always the same seeds.</summary>
public sealed class FaultTests
{
    [Fact]
    public Task Kills_UnderLoad_KeepTheInvariants() => RunAsync(1, new KillSiloFault(), new KillGatewayFault(), new KillSiloFault(), new KillSiloFault());

    private static Task RunAsync(int seed, params IFault[] faults) => ChaosRun.ExecuteAsync(new RunPlan { Seed = seed, Faults = faults });
}
