using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Publishing;

namespace WsCluster.Gateway.Commands;

/// <summary>Publishes for a client (protocol §12.1).</summary>
internal sealed class PublishHandler(
    ChannelRules rules, ChannelPublisher publisher, GatewayMetrics metrics, IOptionsMonitor<GatewayOptions> options) : ICommandHandler
{
    /// <inheritdoc/>
    /// <remarks>The next command may be handled before this one is published; the pipeline keeps their order.</remarks>
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var publishing = connection.Publishing ??= new PublishPipeline(connection, publisher, metrics);
        var refusal = Check(connection, command, out var publish);
        await (refusal.IsNone ? publishing.AddAsync(publish!) : publishing.DrainAsync()); // a refusal's reply keeps its place, too
        return refusal;
    }

    private Refusal Check(Connection connection, Command command, out PendingPublish? publish)
    {
        publish = null;
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

            // An attempt whose outcome nobody knows is repeated: in a stream that must not give it a second place. Without
            // history there is no stream to look a key up in that would be worth its memory.
            IdempotencyKey = channelOptions!.HasHistory ? IdempotencyKeys.Next() : null,
        };
        publish = new PendingPublish(channel, request, command.Id);
        return Refusal.None;
    }
}
