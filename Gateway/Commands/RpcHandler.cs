using WsCluster.Gateway.Behaviors;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>
/// Answers a client's call (protocol §12.4): the behavior of a channel does when the method is <c>channel/method</c> and the channel has
/// one, the user's inbox its own methods, and the application behind the proxy all others. Without an application to answer it is error 108.
/// </summary>
internal sealed class RpcHandler(RpcProxy proxy, ChannelRpc channels, InboxRpc inboxes) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        if (channels.TryFind(command.Rpc.Method, out var channel, out var method))
        {
            return await channels.AnswerAsync(connection, command, channel, method);
        }

        if (inboxes.Has(command.Rpc.Method))
        {
            return await inboxes.AnswerAsync(connection, command);
        }

        if (!proxy.IsOn)
        {
            return ErrorCode.NotAvailable;
        }

        var (denial, data) = await proxy.CallAsync(connection, command.Rpc);
        if (denial is not null)
        {
            return denial;
        }

        connection.Send(new Reply { Id = command.Id, Rpc = new RpcResult { Data = WireMessages.Wrap(data) } });
        return Refusal.None;
    }
}
