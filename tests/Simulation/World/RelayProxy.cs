using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A silo's reference to the relay of another one: each call goes through the network.</summary>
internal sealed class RelayProxy(SimulatedCluster world, SimulatedSilo source, string key) : IDeliveryRelay
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2); // of IDeliveryRelay

    public Task IntroduceAsync(Guid outboxId, GatewayLane[] lanes) => CallAsync(silo =>
    {
        world.Trace?.Add($"{source.Name} introduces {lanes.Length} gateways to the relay of {silo.Name}");
        silo.Relays.Introduce(outboxId, lanes);
        return true;
    });

    public Task<bool> RelayAsync(DeliveryBatch batch) => CallAsync(silo =>
    {
        world.Trace?.Add($"{silo.Name} relays batch {batch.Sequence} of {source.Name}, {batch.Entries.Length} bytes{(batch.Resynchronise ? ", resynchronise" : "")}");
        return silo.Relays.Take(world.Tampering.Relayed(batch));
    });

    public Task FlushAsync() => CallAsync(async silo =>
    {
        await silo.RelayOutboxes.FlushAsync();
        return true;
    });

    public Task LeaveAsync(string siloId) => CallAsync(async silo =>
    {
        world.Trace?.Add($"{silo.Name} hears that the relay of {source.Name} leaves");
        await silo.Hot.LeaveAsync(siloId);
        return true;
    });

    private Task<bool> CallAsync(Func<SimulatedSilo, bool> call) => CallAsync(silo => Task.FromResult(call(silo)));

    private Task<bool> CallAsync(Func<SimulatedSilo, Task<bool>> call) =>
        world.Network.CallAsync(() => !source.IsDead, () => RunAsync(call), ResponseTimeout);

    private async Task<bool> RunAsync(Func<SimulatedSilo, Task<bool>> call)
    {
        if (world.Tampering.IsUnderStrain)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5 * world.Loop.Random.NextDouble()), world.Loop.Clock);
        }

        var silo = world.Members.Live.FirstOrDefault(silo => silo.Outboxes.SiloId == IPublishIngress.SiloOf(key));
        return silo is null ? throw new SiloUnavailableException() : await call(silo);
    }
}
