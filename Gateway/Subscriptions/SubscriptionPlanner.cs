using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions.Derived;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>What a subscription will be, or why it may not be.</summary>
/// <param name="Refusal">Why not; there is no plan then.</param>
/// <param name="Plan">What it will be.</param>
internal readonly record struct PlanResult(Refusal Refusal, SubscriptionPlan? Plan)
{
    public static implicit operator PlanResult(Refusal refusal) => new(refusal, null);

    public static implicit operator PlanResult(ErrorCode error) => new(error, null);

    public static implicit operator PlanResult(DisconnectCode code) => new(code, null);
}

/// <summary>Decides whether a subscription is permitted, and what it will be (protocol §7.1, checks in its order).</summary>
internal sealed class SubscriptionPlanner(
    ChannelRules rules,
    IOptionsMonitor<ChannelNamespaces> namespaces,
    IOptionsMonitor<GatewayOptions> options,
    ChannelAccess access,
    SubscribeAccess subscribeAccess,
    TimeProvider time)
{
    private const long RejectUnrecoveredFlag = 2;

    /// <summary>Plans what a client asked for.</summary>
    public async ValueTask<PlanResult> PlanAsync(Connection connection, SubscribeRequest request)
    {
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

        var (refusal, granted, grant) = await subscribeAccess.AuthorizeAsync(connection, request, channelOptions!);
        if (!refusal.IsNone)
        {
            return refusal;
        }

        TagsFilter? filter = null;
        if (request.Tf is not null && (!channelOptions!.AllowTagsFilter || (filter = TagsFilter.TryCreate(request.Tf)) is null))
        {
            return ErrorCode.BadRequest;
        }

        if (!DeliveryRequest.TryRead(request.Data.Memory, channelOptions!, out _))
        {
            return ErrorCode.BadRequest;
        }

        if (granted.ExpireAt <= time.GetUtcNow())
        {
            return ErrorCode.Expired;
        }

        var plan = Build(connection.Identity!.User, request, channelOptions!, granted, grant, filter);
        return new PlanResult(Refusal.None, plan with { ClientSideRefresh = request.Token.Length > 0 });
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
            && channelOptions!.SubscribeDecision == ChannelDecision.Options
            && access.MaySubscribe(channelOptions, channel, user))
        {
            plan = Build(user, WithChannel(request, channel), channelOptions, new SubscribeOptions(), Grant.ByOptions, filter: null);
        }

        return error;
    }

    /// <summary>Plans a channel that the server chose. Null when its namespace is not configured.</summary>
    public SubscriptionPlan? PlanServerSide(string channel, SubscribeOptions granted, StreamPosition? recoverFrom)
    {
        var remembered = recoverFrom is { } from ? new SubscribeRequest { Recover = true, Offset = from.Offset, Epoch = from.Epoch } : new SubscribeRequest();
        return PlanServerSide(channel, granted, new Grant { Basis = GrantBasis.Application, IssuedAt = time.GetUtcNow() }, remembered);
    }

    /// <summary>Plans a channel that the server chose, with what the client remembers of it (§7.4).</summary>
    public SubscriptionPlan? PlanServerSide(string channel, SubscribeOptions granted, Grant grant, SubscribeRequest remembered)
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
        return Build(user: "", request, channelOptions, granted, grant, filter: null);
    }

    /// <summary>Plans the channel of the cluster's figures, for a page of the console.</summary>
    public SubscriptionPlan PlanConsole(Grant grant) => Build(
        user: "", new SubscribeRequest { Channel = ConsoleChannel.Name }, ConsoleChannel.Options, new SubscribeOptions(), grant, filter: null);

    private SubscriptionPlan Build(
        string user, SubscribeRequest request, ChannelOptions channelOptions, SubscribeOptions granted, Grant grant, TagsFilter? filter)
    {
        var insecure = options.CurrentValue.Insecure;
        var readsHistory = ChannelPermissions.MayReadHistory(channelOptions, user, subscribed: true, insecure);
        var readsPresence = ChannelPermissions.MayReadPresence(channelOptions, user, subscribed: true, insecure);
        var pushesJoinLeave = granted.ForcePushJoinLeave ?? channelOptions.ForcePushJoinLeave;
        var recoverable = channelOptions.HasHistory
            && ((granted.ForceRecovery ?? channelOptions.ForceRecovery)
                || (request.Recoverable && (channelOptions.AllowRecovery || readsHistory)));
        var positioned = channelOptions.HasHistory
            && (recoverable
                || (granted.ForcePositioning ?? channelOptions.ForcePositioning)
                || (request.Positioned && (channelOptions.AllowPositioning || readsHistory)));
        var asked = DeliveryRequest.TryRead(request.Data.Memory, channelOptions, out var delivery) && delivery.IsMade;
        var derivation = asked ? delivery.Derivation : positioned ? null : DeliveryRequest.DefaultOf(channelOptions);
        if (derivation is not null)
        {
            (recoverable, positioned) = (false, false); // what it is not sent would be a gap
        }

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
                    && (pushesJoinLeave || (request.JoinLeave && readsPresence)),
                Delta = request.Delta.Length > 0 && channelOptions.AllowsFossilDelta && derivation is null,
                Filter = filter,
                Derivation = derivation,
            },
            RecoverFrom = recovers ? new StreamPosition(request.Offset, request.Epoch) : null,
            RejectUnrecovered = (request.Flag & RejectUnrecoveredFlag) != 0,
            ChanInfo = granted.ChanInfo,
            AskedWith = request.Data.ToByteArray(),
            Data = granted.Data,
            Grant = grant with { AskedForJoinLeave = !pushesJoinLeave && request.JoinLeave },
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
