using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;

namespace WsCluster.Gateway.Commands;

/// <summary>Publishes for a client (protocol §12.1).</summary>
internal sealed class PublishHandler(
    IGrainFactory grains, ChannelRules rules, PublishAccess access, ClusterCalls calls) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var channel = command.Publish.Channel;
        if (channel.Length == 0)
        {
            return DisconnectCode.BadRequest;
        }

        if (rules.Check(channel, out var channelOptions) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (command.Publish.Data.IsEmpty && channelOptions!.PublicationDataFormat != DataFormat.Binary)
        {
            return ErrorCode.BadRequest;
        }

        var identity = connection.Identity!;
        var subscription = connection.FindSubscription(channel) is { IsLive: true } live ? live : null;
        var (refusal, request) = await access.AuthorizeAsync(connection, channel, command.Publish.Data.ToByteArray(), channelOptions!, subscription);
        if (!refusal.IsNone)
        {
            return refusal;
        }

        var signed = request! with
        {
            Info = new ClientInfo
            {
                User = identity.User,
                Client = connection.Id,
                ConnInfo = identity.Info,
                ChanInfo = subscription?.ChanInfo,
            },
        };
        await calls.RepeatUnlessRunAsync(() => grains.GetGrain<IChannelGrain>(channel).PublishAsync(signed));
        connection.Send(new Reply { Id = command.Id, Publish = new PublishResult() });
        return Refusal.None;
    }
}
