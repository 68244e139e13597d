using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>Subscribes a client to a channel (protocol §7).</summary>
internal sealed class SubscribeHandler(
    SubscriptionPlanner planner, SubscriptionService subscriptions, LiveAuthorization live, ServerSideRefresh refresh) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var (refusal, plan) = await planner.PlanAsync(connection, command.Subscribe);
        if (!refusal.IsNone)
        {
            return refusal;
        }

        refusal = await subscriptions.SubscribeAsync(connection, plan!, serverSide: false, (_, result) =>
            connection.Send(new Reply { Id = command.Id, Subscribe = result }, result.Delta));
        if (refusal.IsNone && connection.FindSubscription(plan!.Channel) is { } subscription)
        {
            live.Check(connection, subscription);
            refresh.Watch(connection, subscription);
        }

        return connection.IsClosed ? Refusal.None : refusal;
    }
}
