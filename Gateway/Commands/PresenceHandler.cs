using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Commands;

/// <summary>Whether a client may read a channel's presence (protocol §12.2).</summary>
internal sealed class PresenceAccess(ChannelRules rules, ChannelAccess access)
{
    /// <summary>Refuses what is not permitted.</summary>
    public Refusal Check(Connection connection, string channel)
    {
        if (channel.Length == 0)
        {
            return DisconnectCode.BadRequest;
        }

        if (rules.Check(channel, out var channelOptions) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (!channelOptions!.Presence)
        {
            return ErrorCode.NotAvailable;
        }

        var subscription = connection.FindSubscription(channel) is { IsLive: true } live ? live : null;
        return access.MayReadPresence(channelOptions, channel, connection.Identity!.User, subscription)
            ? Refusal.None
            : ErrorCode.PermissionDenied;
    }
}

/// <summary>Who is in a channel.</summary>
internal sealed class PresenceHandler(PresenceAccess access, ChannelQuestions questions) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var channel = command.Presence.Channel;
        if (access.Check(connection, channel) is { IsNone: false } refusal)
        {
            return refusal;
        }

        var presence = await questions.GetPresenceAsync(channel);
        var result = new PresenceResult();
        foreach (var (client, info) in presence)
        {
            result.Presence.Add(client, WireMessages.ToWire(info));
        }

        connection.Send(new Reply { Id = command.Id, Presence = result });
        return Refusal.None;
    }
}

/// <summary>How many are in a channel.</summary>
internal sealed class PresenceStatsHandler(PresenceAccess access, ChannelQuestions questions) : ICommandHandler
{
    public async ValueTask<Refusal> HandleAsync(Connection connection, Command command)
    {
        var channel = command.PresenceStats.Channel;
        if (access.Check(connection, channel) is { IsNone: false } refusal)
        {
            return refusal;
        }

        var stats = await questions.GetPresenceStatsAsync(channel);
        connection.Send(new Reply
        {
            Id = command.Id,
            PresenceStats = new PresenceStatsResult { NumClients = (uint)stats.Clients, NumUsers = (uint)stats.Users },
        });
        return Refusal.None;
    }
}
