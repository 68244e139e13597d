namespace WsCluster.Tests.Chaos.Faults;

/// <summary>Graceful restart (SIGTERM) of each silo and each gateway, one after the other, as a deployment does it.</summary>
internal sealed class RollingRestartFault : IFault
{
    public string Name => "rolling restart";

    public async Task RunAsync(FaultScene scene)
    {
        scene.Strike();
        foreach (var gateway in scene.Cluster.Gateways)
        {
            scene.Touch(gateway);
        }

        foreach (var member in scene.Cluster.Members)
        {
            var code = await member.StopAsync();
            if (code != 0)
            {
                scene.Notes.Add($"{member.Name} ended with code {code} after SIGTERM");
            }

            await member.StartAsync();
        }
    }
}
