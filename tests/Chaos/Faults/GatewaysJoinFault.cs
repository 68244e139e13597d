namespace WsCluster.Tests.Chaos.Faults;

/// <summary>Many gateways join at once, get clients, and leave gracefully again.</summary>
internal sealed class GatewaysJoinFault(int count) : IFault
{
    public string Name => $"{count} gateways join and leave";

    public async Task RunAsync(FaultScene scene)
    {
        scene.Strike();
        var joined = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => scene.Cluster.AddGatewayAsync()));
        foreach (var gateway in joined)
        {
            scene.Touch(gateway);
        }

        foreach (var client in scene.Load.Clients.Where(_ => scene.Random.Next(4) == 0))
        {
            client.Drop("moves to another gateway", TimeSpan.Zero);
        }

        await RollCall.RunAsync(scene.Load);
        foreach (var gateway in joined)
        {
            await scene.Cluster.RemoveGatewayAsync(gateway);
        }
    }
}
