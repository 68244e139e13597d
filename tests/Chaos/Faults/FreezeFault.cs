using WsCluster.Tests.Chaos.Cluster;

namespace WsCluster.Tests.Chaos.Faults;

/// <summary>SIGSTOP of a gateway for a while: its sockets stay open and nobody answers.</summary>
internal sealed class FreezeGatewayFault(TimeSpan duration) : IFault
{
    public string Name => $"SIGSTOP gateway {duration.TotalSeconds:0} s";

    public Task RunAsync(FaultScene scene)
    {
        var gateway = scene.AnyGateway();
        scene.Touch(gateway);
        return Freeze.RunAsync(scene, gateway, duration);
    }
}

/// <summary>SIGSTOP of a silo for a while. One that was away too long ends itself when it wakes up, and is started again.</summary>
internal sealed class FreezeSiloFault(TimeSpan duration) : IFault
{
    // Longer than the cluster takes to evict it; then it ends itself, some moments after it goes on.
    private static readonly TimeSpan Evicted = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(10);

    public string Name => $"SIGSTOP silo {duration.TotalSeconds:0} s";

    public bool KeepsAnswering => duration > Evicted + Evicted;

    public async Task RunAsync(FaultScene scene)
    {
        var silo = scene.AnySilo();
        var process = silo.Process;
        await Freeze.RunAsync(scene, silo, duration);
        var resumed = System.Diagnostics.Stopwatch.GetTimestamp();
        while (duration > Evicted && !process.HasExited && System.Diagnostics.Stopwatch.GetElapsedTime(resumed) < TimeToEnd)
        {
            await Task.Delay(100);
        }
    }
}

file static class Freeze
{
    public static async Task RunAsync(FaultScene scene, Member member, TimeSpan duration)
    {
        var process = member.Process;
        scene.Notes.Add(member.Name);
        scene.Strike();
        process.Pause();
        try
        {
            await Task.Delay(duration);
        }
        finally
        {
            scene.Mend();
            process.Resume();
        }
    }
}
