using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>Ends a client's subscription (protocol §7.3). A channel that it does not have is no error.</summary>
internal sealed class UnsubscribeHandler(SubscriptionService subscriptions) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var channel = command.Unsubscribe.Channel;
        if (channel.Length == 0)
        {
            return DisconnectCode.BadRequest;
        }

        await subscriptions.UnsubscribeAsync(connection, channel);
        connection.Send(new Reply { Id = command.Id, Unsubscribe = new UnsubscribeResult() });
        return Refusal.None;
    }
}
