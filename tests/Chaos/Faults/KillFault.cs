namespace WsCluster.Tests.Chaos.Faults;

/// <summary>SIGKILL of a gateway; another takes its place a little later.</summary>
internal sealed class KillGatewayFault : IFault
{
    public string Name => "SIGKILL gateway";

    public async Task RunAsync(FaultScene scene)
    {
        var gateway = scene.AnyGateway();
        scene.Touch(gateway);
        scene.Notes.Add(gateway.Name);
        scene.Strike();
        await gateway.KillAsync();
        await gateway.StartAsync();
    }
}

/// <summary>SIGKILL of a silo; another takes its place a little later.</summary>
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
