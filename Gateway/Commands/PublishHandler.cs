using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Publishing;
using WsCluster.Tracing;

namespace WsCluster.Gateway.Commands;

/// <summary>Publishes for a client (protocol §12.1).</summary>
internal sealed class PublishHandler(
    ChannelRules rules, PublishAccess access, ChannelPublisher publisher, GatewayMetrics metrics) : ICommandHandler
{
    /// <inheritdoc/>
    /// <remarks>The next command may be handled before this one is published; the pipeline keeps their order.</remarks>
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var publishing = connection.Publishing ??= new PublishPipeline(connection, publisher, metrics);
        var (refusal, publish) = await CheckAsync(connection, command);
        await (publish is null ? publishing.DrainAsync() : publishing.AddAsync(publish)); // a refusal's reply keeps its place, too
        return refusal;
    }

    private async ValueTask<(Refusal Refusal, PendingPublish? Publish)> CheckAsync(Connection connection, Command command)
    {
        var channel = command.Publish.Channel;
        if (channel.Length == 0)
        {
            return (DisconnectCode.BadRequest, null);
        }

        if (rules.Check(channel, out var channelOptions) is var error and not ErrorCode.None)
        {
            return (error, null);
        }

        if (command.Publish.Data.IsEmpty && channelOptions!.PublicationDataFormat != DataFormat.Binary)
        {
            return (ErrorCode.BadRequest, null);
        }

        var identity = connection.Identity!;
        var subscription = connection.FindSubscription(channel) is { IsLive: true } live ? live : null;
        var (refusal, request) = await access.AuthorizeAsync(connection, channel, command.Publish.Data.ToByteArray(), channelOptions!, subscription);
        if (!refusal.IsNone)
        {
            return (refusal, null);
        }

        var span = PublishTrace.Begin(channel);
        var signed = request! with
        {
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
            Trace = PublishTrace.ContextOf(span),
        };
        return (Refusal.None, new PendingPublish(channel, signed, command.Id, span));
    }
}
