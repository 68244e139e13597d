namespace WsCluster.Tests.Chaos.Faults;

/// <summary>SIGKILL of a silo; another takes its place.</summary>
internal sealed class KillSiloFault : IFault
{
    public string Name => "SIGKILL silo";

    public async Task RunAsync(FaultScene scene)
    {
        var silo = scene.AnySilo();
        scene.Notes.Add(silo.Name);
        scene.Strike();
        await silo.KillAsync();
        await silo.StartAsync();
    }
}
