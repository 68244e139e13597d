using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;

namespace WsCluster.Gateway.Commands;

/// <summary>Publishes for a client (protocol §12.1).</summary>
internal sealed class PublishHandler(
    ChannelPublisher publisher, ChannelRules rules, IOptionsMonitor<GatewayOptions> options) : ICommandHandler
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
        if (!ChannelPermissions.MayPublish(channelOptions!, identity.User, subscription is not null, options.CurrentValue.Insecure))
        {
            return ErrorCode.PermissionDenied;
        }

        var request = new PublishRequest
        {
            Data = command.Publish.Data.ToByteArray(),
            Info = new ClientInfo
            {
                User = identity.User,
                Client = connection.Id,
                ConnInfo = identity.Info,
                ChanInfo = subscription?.ChanInfo,
            },
        };
        await publisher.PublishAsync(channel, channelOptions!, request);
        connection.Send(new Reply { Id = command.Id, Publish = new PublishResult() });
        return Refusal.None;
    }
}
