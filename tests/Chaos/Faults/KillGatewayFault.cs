namespace WsCluster.Tests.Chaos.Faults;

/// <summary>SIGKILL of a gateway; another takes its place.</summary>
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
