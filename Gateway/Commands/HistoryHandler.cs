using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>Reads a channel's history for a client (protocol §12.3).</summary>
internal sealed class HistoryHandler(
    ChannelRules rules, ChannelAccess access, ChannelQuestions questions, IOptionsMonitor<GatewayOptions> options) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var request = command.History;
        if (request.Channel.Length == 0)
        {
            return DisconnectCode.BadRequest;
        }

        if (rules.Check(request.Channel, out var channelOptions) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (!channelOptions!.HasHistory)
        {
            return ErrorCode.NotAvailable;
        }

        var subscription = connection.FindSubscription(request.Channel) is { IsLive: true } live ? live : null;
        if (!access.MayReadHistory(channelOptions, request.Channel, connection.Identity!.User, subscription))
        {
            return ErrorCode.PermissionDenied;
        }

        if (request is { Reverse: true, Since.Offset: 0 })
        {
            return ErrorCode.BadRequest;
        }

        var most = options.CurrentValue.MaxHistoryPublications;
        var query = new HistoryQuery
        {
            Limit = request.Limit < 0 || request.Limit > most ? most : request.Limit,
            Since = request.Since is null ? null : new StreamPosition(request.Since.Offset, request.Since.Epoch),
            Reverse = request.Reverse,
        };
        var page = await questions.GetHistoryAsync(request.Channel, query);
        connection.HistoryRead(1 + page.Publications.Count); // one for the read itself
        var result = new HistoryResult { Offset = page.Top.Offset, Epoch = page.Top.Epoch };
        result.Publications.Add(page.Publications.Select(WireMessages.ToWire));
        connection.Send(new Reply { Id = command.Id, History = result });
        return Refusal.None;
    }
}
