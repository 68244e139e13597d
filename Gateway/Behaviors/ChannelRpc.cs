using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Behaviors;

/// <summary>Calls that clients address to a channel: only to one that they are subscribed to.</summary>
internal sealed class ChannelRpc(BehaviorCalls behaviors, IOptionsMonitor<ChannelNamespaces> namespaces)
{
    /// <summary>Separates the channel from the method; the last one counts.</summary>
    private const char Separator = '/';

    /// <summary>True when the method is one of a channel with a behavior.</summary>
    public bool TryFind(string rpc, out string channel, out string method)
    {
        var end = rpc.LastIndexOf(Separator);
        (channel, method) = end < 0 ? ("", "") : (rpc[..end], rpc[(end + 1)..]);
        return channel.Length > 0 && namespaces.CurrentValue.Find(channel) is { Behavior: true };
    }

    /// <summary>Calls the method and replies.</summary>
    public async Task<Refusal> AnswerAsync(Connection connection, Command command, string channel, string method)
    {
        if (connection.FindSubscription(channel) is not { IsLive: true })
        {
            return ErrorCode.PermissionDenied;
        }

        var answer = await behaviors.CallAsync(connection, channel, method, command.Rpc.Data.ToByteArray());
        if (answer.Denial is { } denial)
        {
            return denial;
        }

        connection.Send(new Reply { Id = command.Id, Rpc = new RpcResult { Data = WireMessages.Wrap(answer.Data) } });
        return Refusal.None;
    }
}
