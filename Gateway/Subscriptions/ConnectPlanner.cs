using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Decides what a client is subscribed to when it connects (protocol §7.4): the channels of its token or of the application's
/// answer, those of the user's behavior, its personal channel and inbox, and those that it lists and may subscribe to itself.
/// </summary>
internal sealed class ConnectPlanner(
    SubscriptionPlanner planner, RevocationList revocations, InboxOptions inboxes, IOptionsMonitor<GatewayOptions> options)
{
    /// <summary>The name of a user's personal channel; null when there is none.</summary>
    public static string? PersonalChannel(GatewayOptions options, string user) =>
        !options.PersonalChannels || user.Length == 0 ? null
        : options.PersonalChannelNamespace.Length == 0 ? $"#{user}"
        : $"{options.PersonalChannelNamespace}:#{user}";

    /// <summary>Plans all of them, or says why the client may not connect.</summary>
    /// <param name="request">What the client asked for.</param>
    /// <param name="identity">Who it is.</param>
    /// <param name="granted">The channels of its token or of the application's answer.</param>
    /// <param name="admission">What the user's grain said; null for an anonymous client.</param>
    /// <param name="plans">The plans.</param>
    public Refusal Plan(
        ConnectRequest request,
        ClientIdentity identity,
        IReadOnlyDictionary<string, SubscribeOptions> granted,
        SessionAdmission? admission,
        out List<SubscriptionPlan> plans)
    {
        plans = [];
        var grant = new Grant { Basis = GrantBasis.Token, IssuedAt = identity.IssuedAt, Session = identity.Session };
        var serverSide = new Dictionary<string, SubscribeOptions>(granted, StringComparer.Ordinal);
        foreach (var (channel, subscribe) in admission?.Decision?.Channels ?? new Dictionary<string, SubscribeOptions>())
        {
            serverSide[channel] = subscribe;
        }

        var inboxChannel = identity.IsConsole ? null : inboxes.ChannelOf(identity.User);
        if (inboxChannel is not null)
        {
            serverSide[inboxChannel] = new SubscribeOptions { ForceRecovery = true };
        }

        if (PersonalChannel(options.CurrentValue, identity.User) is { } personal)
        {
            serverSide.TryAdd(personal, new SubscribeOptions());
        }

        foreach (var (channel, subscribe) in serverSide)
        {
            if (revocations.IsChannelRevoked(identity.User, channel, identity.IssuedAt))
            {
                continue; // what the token gave has been taken back
            }

            var remembered = request.Subs.GetValueOrDefault(channel) ?? new SubscribeRequest();
            if (channel == inboxChannel && admission?.Inbox is { } inbox)
            {
                remembered = ReadOn(remembered, inbox);
            }

            if (planner.PlanServerSide(channel, subscribe, grant, remembered) is not { } plan)
            {
                return ErrorCode.UnknownChannel;
            }

            plans.Add(plan);
        }

        if (identity.IsConsole)
        {
            plans.Add(planner.PlanConsole(grant));
        }

        foreach (var (channel, listed) in request.Subs.Where(s => !serverSide.ContainsKey(s.Key)))
        {
            if (planner.PlanListed(identity.User, channel, listed, out var plan) == ErrorCode.UnknownChannel)
            {
                return DisconnectCode.BadRequest;
            }

            if (plan is not null)
            {
                plans.Add(plan);
            }
        }

        return plans.Count > options.CurrentValue.MaxChannelsPerConnection ? DisconnectCode.ChannelLimit : Refusal.None;
    }

    /// <summary>
    /// A client that knows its inbox goes on where it was, any other gets what the user has not read: the newest of it when that is more
    /// than may be recovered.
    /// </summary>
    private SubscribeRequest ReadOn(SubscribeRequest remembered, InboxState inbox)
    {
        if (remembered.Recover && remembered.Epoch == inbox.Top.Epoch)
        {
            return remembered;
        }

        var most = (ulong)options.CurrentValue.MaxRecoveryPublications;
        var newest = inbox.Top.Offset > most ? inbox.Top.Offset - most : 0;
        return new SubscribeRequest
        {
            Recover = true,
            Offset = Math.Max(inbox.ReadUpTo, newest),
            Epoch = inbox.Top.Epoch,
            Delta = remembered.Delta,
        };
    }
}
