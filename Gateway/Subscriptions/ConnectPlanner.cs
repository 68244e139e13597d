using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Decides what a client is subscribed to when it connects (protocol §7.4): the channels of its token or of the application's
/// answer, its personal channel, and those that it lists and may subscribe to itself.
/// </summary>
internal sealed class ConnectPlanner(SubscriptionPlanner planner, RevocationList revocations, IOptionsMonitor<GatewayOptions> options)
{
    /// <summary>The name of a user's personal channel; null when there is none.</summary>
    public static string? PersonalChannel(GatewayOptions options, string user) =>
        !options.PersonalChannels || user.Length == 0 ? null
        : options.PersonalChannelNamespace.Length == 0 ? $"#{user}"
        : $"{options.PersonalChannelNamespace}:#{user}";

    /// <summary>Plans all of them, or says why the client may not connect.</summary>
    public Refusal Plan(
        ConnectRequest request, ClientIdentity identity, IReadOnlyDictionary<string, SubscribeOptions> granted, out List<SubscriptionPlan> plans)
    {
        plans = [];
        var grant = new Grant { Basis = GrantBasis.Token, IssuedAt = identity.IssuedAt, Session = identity.Session };
        var serverSide = new Dictionary<string, SubscribeOptions>(granted, StringComparer.Ordinal);
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
}
