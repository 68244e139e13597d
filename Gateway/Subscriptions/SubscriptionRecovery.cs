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
        var startsAnew = false;
        var error = await ReadAndGoLiveAsync(channel, subscription, plan, from, (decision, position) =>
        {
            startsAnew = !decision.Recovered && plan.StartFrom is not null && !plan.RejectUnrecovered;
            if (startsAnew)
            {
                return (ErrorCode.Internal, null); // from the channel's state, below
            }

            return !decision.Recovered && plan.RejectUnrecovered && !IsCache(plan)
                ? (ErrorCode.UnrecoverablePosition, null)
                : (ErrorCode.None, results.Create(plan, position, from, decision, subscription));
        }, announce);
        return startsAnew ? await StartFromAsync(channel, subscription, plan, plan.StartFrom!.Value, announce) : error;
    }

    /// <summary>
    /// Goes live from the state of a channel, which the result has as its data, with the publications that the state does not
    /// include. The result is an error for the client, or none.
    /// </summary>
    public Task<ErrorCode> StartFromAsync(
        ChannelSubscribers channel,
        Subscription subscription,
        SubscriptionPlan plan,
        StreamPosition start,
        Action<Subscription, SubscribeResult> announce) =>
        ReadAndGoLiveAsync(channel, subscription, plan, start, (decision, position) => decision.Recovered
            ? (ErrorCode.None, results.CreateFromState(plan, position, start, decision, subscription))
            : (ErrorCode.Internal, null), announce);

    /// <summary>
    /// Goes live with the newest publication of each key that history has, for who is the first here to get them. The result is
    /// an error for the client, or none.
    /// </summary>
    public async Task<ErrorCode> GoLiveWithNewestAsync(
        ChannelSubscribers channel, Subscription subscription, SubscriptionPlan plan, Action<Subscription, SubscribeResult> announce)
    {
        channel.BeginRecovery();
        try
        {
            var page = await channel.Link.Newest.ReadAsync();
            subscription.Connection.HistoryRead(1);
            var live = channel.TryGoLive(subscription, page, (position, _) =>
            {
                announce(subscription, results.Create(plan, position));
                return true;
            });
            return live ? ErrorCode.None : ErrorCode.Internal;
        }
        finally
        {
            channel.EndRecovery();
        }
    }

    private async Task<ErrorCode> ReadAndGoLiveAsync(
        ChannelSubscribers channel,
        Subscription subscription,
        SubscriptionPlan plan,
        StreamPosition from,
        Func<RecoveryDecision, StreamPosition, (ErrorCode Error, SubscribeResult? Result)> decide,
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
                if (await channel.Link.EnsureAttachedAsync() is var refused and not ErrorCode.None)
                {
                    return refused;
                }

                page = await channel.Link.Recoveries.ReadAsync(from.Offset, IsCache(plan));
            }

            subscription.Connection.HistoryRead(1 + page.Publications.Count); // one for the read itself
            var error = ErrorCode.Internal;
            var live = channel.TryGoLive(subscription, page, (position, publications) =>
            {
                var decision = Decide(plan, from, page, position, publications);
                (error, var result) = decide(decision, position);
                if (result is not null)
                {
                    subscription.Start = subscription.Start with { RecoveredAfter = RecoveredAfter(from, decision, position) };
                    announce(subscription, result);
                }

                return result is not null;
            });
            return live ? ErrorCode.None : error == ErrorCode.None ? ErrorCode.Internal : error;
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
