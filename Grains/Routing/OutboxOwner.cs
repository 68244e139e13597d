namespace WsCluster.Grains.Routing;

/// <summary>An activation that delivers through outboxes. One object per activation: its identity counts.</summary>
/// <param name="gatewayLost">Calls the grain: its gateway (id, incarnation) is gone.</param>
internal sealed class OutboxOwner(Func<string, long, Task> gatewayLost)
{
    public Task GatewayLostAsync(string gatewayId, long incarnation) => gatewayLost(gatewayId, incarnation);
}
