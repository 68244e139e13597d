using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Makes a subscription live that comes back with a position: reads what it missed while the channel keeps what is
/// delivered meanwhile, merges both and decides whether it recovered (protocol §8).
/// </summary>
internal sealed class SubscriptionRecovery(SubscribeResults results, IOptions<GatewayOptions> options)
{
    /// <summary>Reads and goes live. The result is an error for the client, or none.</summary>
    public async Task<ErrorCode> GoLiveAsync(
        ChannelSubscribers channel,
        Subscription subscription,
        SubscriptionPlan plan,
        StreamPosition from,
        Action<Subscription, SubscribeResult> announce)
    {
        channel.BeginRecovery();
        try
        {
            var page = await channel.Link.Recoveries.ReadAsync(from.Offset, IsCache(plan));
            if (page.Top.Epoch != channel.Position.Epoch)
            {
                // The grain moved and its stream began anew, before the read or since: find it first, then read again.
                channel.Link.Rebind();
                if (await channel.Link.EnsureAttachedAsync() is var error and not ErrorCode.None)
                {
                    return error;
                }

                page = await channel.Link.Recoveries.ReadAsync(from.Offset, IsCache(plan));
            }

            var rejected = false;
            var live = channel.TryGoLive(subscription, page, (position, publications) =>
            {
                var decision = Decide(plan, from, page, position, publications);
                rejected = !decision.Recovered && plan.RejectUnrecovered && !IsCache(plan);
                if (rejected)
                {
                    return false;
                }

                subscription.Start = subscription.Start with { RecoveredAfter = RecoveredAfter(from, decision, position) };
                announce(subscription, results.Create(plan, position, from, decision, subscription));
                return true;
            });
            return live ? ErrorCode.None : rejected ? ErrorCode.UnrecoverablePosition : ErrorCode.Internal;
        }
        finally
        {
            channel.EndRecovery();
        }
    }

    /// <summary>The offset after which the reply has everything, as the ledger remembers it.</summary>
    private static ulong RecoveredAfter(StreamPosition from, RecoveryDecision decision, StreamPosition position) =>
        !decision.Recovered ? SubscriptionStart.NotRecovered
        : decision.Publications.Count > 0 ? decision.Publications[0].Offset - 1
        : position.Offset;

    private static bool IsCache(SubscriptionPlan plan) => plan.Options.ForceRecoveryMode == RecoveryMode.Cache;

    private RecoveryDecision Decide(
        SubscriptionPlan plan, StreamPosition from, HistoryPage page, StreamPosition position, IReadOnlyList<Publication> publications)
    {
        if (page.Publications.Count > options.Value.MaxRecoveryPublications)
        {
            return new RecoveryDecision(false, []);
        }

        return IsCache(plan)
            ? RecoveryDecision.Cache(from, publications.Count > 0 ? publications[^1] : null, position)
            : RecoveryDecision.Stream(from, publications, position);
    }
}
