using System.Runtime.CompilerServices;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A lane as silos see it: each batch goes through the network.</summary>
internal sealed class ObserverProxy(SimulatedCluster world, SimulatedGateway gateway, IGatewayObserver observer) : IGatewayObserver
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2); // of IGatewayObserver

    public Task DeliverAsync(DeliveryBatch batch)
    {
        if (gateway.IsDead && world.Network.Chance(0.5))
        {
            return Task.FromException((Exception)RuntimeHelpers.GetUninitializedObject(typeof(ClientNotAvailableException)));
        }

        if (world.Network.Chance(world.Network.Weather.Repeat))
        {
            _ = RepeatAsync(batch);
        }

        return world.Network.CallAsync(() => world.IsSiloAlive(batch.SiloId), () => RunAsync(batch), ResponseTimeout);
    }

    private async Task RepeatAsync(DeliveryBatch batch)
    {
        await Task.Delay(TimeSpan.FromSeconds(5 * world.Loop.Random.NextDouble()), world.Loop.Clock);
        _ = RunAsync(batch);
    }

    private Task<bool>? RunAsync(DeliveryBatch batch)
    {
        if (gateway.IsDead)
        {
            return null;
        }

        world.Trace?.Add($"{gateway.Id}: batch {batch.Sequence} of {world.Trace.Name("silo", batch.SiloId)}, {batch.Entries.Length} bytes{(batch.Resynchronise ? ", resynchronise" : "")}");
        if (world.Tampering.Delivered(batch) is { } delivered)
        {
            _ = observer.DeliverAsync(delivered);
        }

        return Task.FromResult(true);
    }
}
