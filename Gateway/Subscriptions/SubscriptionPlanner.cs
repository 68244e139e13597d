using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Decides whether a subscription is permitted, and what it will be (protocol §7.1, checks in its order).</summary>
internal sealed class SubscriptionPlanner(
    ChannelRules rules,
    IOptionsMonitor<ChannelNamespaces> namespaces,
    IOptionsMonitor<GatewayOptions> options,
    ITokenVerifier tokens,
    TimeProvider time)
{
    private const long RejectUnrecoveredFlag = 2;

    /// <summary>Plans what a client asked for.</summary>
    public Refusal Plan(Connection connection, SubscribeRequest request, out SubscriptionPlan? plan)
    {
        plan = null;
        if (request.Channel.Length == 0 || request.Delta is not ("" or "fossil"))
        {
            return DisconnectCode.BadRequest;
        }

        var nameError = rules.Check(request.Channel, out var channelOptions);
        if (nameError == ErrorCode.BadRequest && channelOptions is null)
        {
            return nameError; // too long: before the checks of the connection's own state
        }

        if (connection.FindSubscription(request.Channel) is not null)
        {
            return ErrorCode.AlreadySubscribed;
        }

        if (connection.SubscriptionCount >= options.CurrentValue.MaxChannelsPerConnection)
        {
            return ErrorCode.LimitExceeded;
        }

        if (nameError != ErrorCode.None)
        {
            return nameError;
        }

        if (request.Type != 0)
        {
            return ErrorCode.PermissionDenied;
        }

        var refusal = Authorize(connection, request, channelOptions!, out var granted, out var byToken);
        if (!refusal.IsNone)
        {
            return refusal;
        }

        TagsFilter? filter = null;
        if (request.Tf is not null && (!channelOptions!.AllowTagsFilter || (filter = TagsFilter.TryCreate(request.Tf)) is null))
        {
            return ErrorCode.BadRequest;
        }

        if (granted.ExpireAt <= time.GetUtcNow())
        {
            return ErrorCode.Expired;
        }

        plan = Build(connection.Identity!.User, request, channelOptions!, granted, filter) with { ClientSideRefresh = byToken };
        return Refusal.None;
    }

    /// <summary>
    /// Plans a channel that a connecting client listed itself (§7.4): subscribed when it could have subscribed to it without
    /// a token, silently left out (no plan, no error) when not. An unusable name is an error.
    /// </summary>
    public ErrorCode PlanListed(string user, string channel, SubscribeRequest request, out SubscriptionPlan? plan)
    {
        plan = null;
        var error = rules.Check(channel, out var channelOptions);
        if (error == ErrorCode.None
            && ChannelPermissions.MaySubscribe(channelOptions!, channel, user, options.CurrentValue.Insecure))
        {
            plan = Build(user, WithChannel(request, channel), channelOptions!, new SubscribeOptions(), filter: null);
        }

        return error;
    }

    /// <summary>Plans a channel that the server chose. Null when its namespace is not configured.</summary>
    public SubscriptionPlan? PlanServerSide(string channel, SubscribeOptions granted, StreamPosition? recoverFrom) =>
        PlanServerSide(channel, granted, recoverFrom is { } from
            ? new SubscribeRequest { Recover = true, Offset = from.Offset, Epoch = from.Epoch }
            : new SubscribeRequest());

    /// <summary>Plans a channel that the server chose, with what the client remembers of it (§7.4).</summary>
    public SubscriptionPlan? PlanServerSide(string channel, SubscribeOptions granted, SubscribeRequest remembered)
    {
        if (channel.Length == 0 || namespaces.CurrentValue.Find(channel) is not { } channelOptions)
        {
            return null;
        }

        var request = new SubscribeRequest
        {
            Channel = channel,
            Recover = remembered.Recover,
            Offset = remembered.Offset,
            Epoch = remembered.Epoch,
            Delta = remembered.Delta == "fossil" ? remembered.Delta : "",
        };
        return Build(user: "", request, channelOptions, granted, filter: null);
    }

    private Refusal Authorize(
        Connection connection, SubscribeRequest request, ChannelOptions channelOptions, out SubscribeOptions granted, out bool byToken)
    {
        var identity = connection.Identity!;
        granted = new SubscribeOptions();
        byToken = request.Token.Length > 0;
        if (!byToken)
        {
            return ChannelPermissions.MaySubscribe(channelOptions, request.Channel, identity.User, options.CurrentValue.Insecure)
                ? Refusal.None
                : ErrorCode.PermissionDenied;
        }

        switch (tokens.VerifySubscription(request.Token, out var token))
        {
            case TokenStatus.Expired:
                return ErrorCode.TokenExpired;
            case TokenStatus.Invalid:
                return ErrorCode.PermissionDenied;
        }

        if (!Matches(token!, request.Channel, connection))
        {
            return DisconnectCode.InvalidToken;
        }

        granted = token!.Options with { ExpireAt = token.ExpireAt };
        return Refusal.None;
    }

    /// <summary>True when a subscription token is for this channel, user and connection.</summary>
    public static bool Matches(SubscriptionToken token, string channel, Connection connection) =>
        token.Channel == channel
        && token.User == connection.Identity!.User
        && (token.Client.Length == 0 || token.Client == connection.Id);

    private SubscriptionPlan Build(
        string user, SubscribeRequest request, ChannelOptions channelOptions, SubscribeOptions granted, TagsFilter? filter)
    {
        var insecure = options.CurrentValue.Insecure;
        var readsHistory = ChannelPermissions.MayReadHistory(channelOptions, user, subscribed: true, insecure);
        var readsPresence = ChannelPermissions.MayReadPresence(channelOptions, user, subscribed: true, insecure);
        var recoverable = channelOptions.HasHistory
            && ((granted.ForceRecovery ?? channelOptions.ForceRecovery)
                || (request.Recoverable && (channelOptions.AllowRecovery || readsHistory)));
        var positioned = channelOptions.HasHistory
            && (recoverable
                || (granted.ForcePositioning ?? channelOptions.ForcePositioning)
                || (request.Positioned && (channelOptions.AllowPositioning || readsHistory)));
        var joinLeave = granted.JoinLeave ?? channelOptions.JoinLeave;
        var recovers = recoverable
            && (request.Recover
                || (channelOptions.ForceRecoveryMode == RecoveryMode.Cache && channelOptions.AutoCacheRecover));
        return new SubscriptionPlan
        {
            Channel = request.Channel,
            Options = channelOptions,
            Traits = new SubscriptionTraits
            {
                Recoverable = recoverable,
                Positioned = positioned,
                Presence = granted.Presence ?? channelOptions.Presence,
                EmitsJoinLeave = joinLeave,
                ReceivesJoinLeave = joinLeave
                    && ((granted.ForcePushJoinLeave ?? channelOptions.ForcePushJoinLeave) || (request.JoinLeave && readsPresence)),
                Delta = request.Delta.Length > 0 && channelOptions.AllowsFossilDelta,
                Filter = filter,
            },
            RecoverFrom = recovers ? new StreamPosition(request.Offset, request.Epoch) : null,
            RejectUnrecovered = (request.Flag & RejectUnrecoveredFlag) != 0,
            ChanInfo = granted.ChanInfo,
            Data = granted.Data,
            ExpireAt = granted.ExpireAt,
        };
    }

    private static SubscribeRequest WithChannel(SubscribeRequest request, string channel)
    {
        var copy = request.Clone();
        copy.Channel = channel;
        copy.Delta = request.Delta == "fossil" ? request.Delta : "";
        return copy;
    }
}
