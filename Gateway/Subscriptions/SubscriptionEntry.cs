using WsCluster.Gateway.Behaviors;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Takes a subscription into its channel in the sequence that leaves no gap (protocol §7.1): presence first, then what was
/// missed, then the reply and the live publications under one lock.
/// </summary>
internal sealed class SubscriptionEntry(ChannelDirectory channels, SubscriptionRecovery recovery, SubscribeResults results, BehaviorCalls behaviors)
{
    /// <summary>
    /// Makes a reserved subscription live. <paramref name="announce"/> queues its reply, under the channel's lock. The result
    /// is an error for the client, or none.
    /// </summary>
    /// <exception cref="WsClusterException">The channel's grain refused.</exception>
    /// <exception cref="TimeoutException">The cluster was away for longer than the deadline; so with Orleans' exceptions.</exception>
    public async Task<ErrorCode> EnterAsync(
        Subscription subscription, SubscriptionPlan plan, Action<Subscription, SubscribeResult> announce)
    {
        var channel = channels.Enter(plan.Channel, plan.Options);
        var member = ChannelDirectory.Member(subscription);
        var live = false;
        try
        {
            if (await channel.Link.EnsureAttachedAsync() is var error and not ErrorCode.None)
            {
                return error;
            }

            if (plan.Options.Behavior)
            {
                plan = await AdmittedAsync(subscription, plan);
            }

            if (subscription.HasEnded)
            {
                return ErrorCode.Internal;
            }

            if (!channel.HasRoomFor(subscription))
            {
                return ErrorCode.LimitExceeded;
            }

            subscription.HasState = plan.StartFrom is not null;
            if (subscription.Traits.ReceivesJoinLeave)
            {
                channel.HoldPresence(subscription);
            }

            if (member is not null && !await channel.Link.Presence.JoinAsync(member))
            {
                return ErrorCode.Internal;
            }

            // The client may have gone while the channel's silo or the report took their time: its leave then came before its
            // join. Presence must not keep it while history is read, and nothing needs to be read for it.
            if (subscription.HasEnded)
            {
                return ErrorCode.Internal;
            }

            error = plan.RecoverFrom is { } from ? await recovery.GoLiveAsync(channel, subscription, plan, from, announce)
                : plan.StartFrom is { } start ? await recovery.StartFromAsync(channel, subscription, plan, start, announce)
                : channel.MustReadNewest(subscription) ? await recovery.GoLiveWithNewestAsync(channel, subscription, plan, announce)
                : GoLive(channel, subscription, plan, announce);
            live = error == ErrorCode.None;
            return error == ErrorCode.Internal && !channel.HasRoomFor(subscription) ? ErrorCode.LimitExceeded : error;
        }
        finally
        {
            if (!live)
            {
                channel.Remove(subscription);
                if (member is not null)
                {
                    _ = channel.Link.Presence.LeaveAsync(member);
                }
            }

            channel.Leave();
        }
    }

    private async Task<SubscriptionPlan> AdmittedAsync(Subscription subscription, SubscriptionPlan plan)
    {
        var admission = await behaviors.AdmitAsync(subscription.Connection, plan.Channel, plan.AskedWith);
        return plan with
        {
            Data = admission.Decision.Options.Data ?? plan.Data,
            StartFrom = admission.Position.IsNone || admission.Decision.Options.Data is null ? null : admission.Position,
        };
    }

    private ErrorCode GoLive(
        ChannelSubscribers channel, Subscription subscription, SubscriptionPlan plan, Action<Subscription, SubscribeResult> announce)
    {
        var live = channel.TryGoLive(subscription, page: null, (position, _) =>
        {
            announce(subscription, results.Create(plan, position));
            return true;
        });
        return live ? ErrorCode.None : ErrorCode.Internal;
    }
}
