using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>Hands a client's call to the application (protocol §12.4). Without an application to answer it is error 108.</summary>
internal sealed class RpcHandler(RpcProxy proxy) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
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
