using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Takes connections into channels and out of them, for clients, for the server and when time is up.</summary>
internal sealed class SubscriptionService(
    ChannelDirectory channels, SubscriptionPlanner planner, SubscriptionEntry entry, TimeProvider time) : ISubscriptionExpiry
{
    /// <summary>How long an unsubscribe waits for a subscribe that is under way (§7.3).</summary>
    private static readonly TimeSpan PendingTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Subscribes. <paramref name="announce"/> queues the reply or push; it is called under the channel's lock, and only
    /// when the subscription goes live. The result is an error for the client, or none; on a failure of the cluster the
    /// connection is closed with 3004, which makes the client come again.
    /// </summary>
    public async Task<Refusal> SubscribeAsync(
        Connection connection, SubscriptionPlan plan, bool serverSide, Action<Subscription, SubscribeResult> announce)
    {
        var subscription = new Subscription(connection, plan.Channel, serverSide)
        {
            Traits = plan.Traits,
            ChanInfo = plan.ChanInfo,
            Grant = plan.Grant,
            ExpireAt = plan.ExpireAt,
            ClientSideRefresh = plan.ClientSideRefresh,
            Expiry = this,
        };
        if (!connection.TryReserve(subscription, out var taken))
        {
            return taken;
        }

        Refusal refusal;
        try
        {
            refusal = await entry.EnterAsync(subscription, plan, announce);
        }
        catch (WsClusterException e) when (e.Denial is not null || !e.IsTemporary)
        {
            refusal = Refusal.Of(e);
        }
        catch (Exception e) when (ClusterCalls.IsPassing(e))
        {
            GatewayLog.ChannelUnreachable(channels.Logger, plan.Channel, 0, e.Message);
            refusal = ErrorCode.Internal;
        }

        if (refusal.IsNone)
        {
            connection.WakeForExpiry(plan.ExpireAt);
            return refusal;
        }

        if (subscription.TryEnd())
        {
            connection.Forget(subscription);
        }

        if (refusal.Error == ErrorCode.Internal)
        {
            connection.Close(DisconnectCode.InternalServerError);
        }

        return refusal;
    }

    /// <summary>Ends the client's own subscription. Waits for one that is still being established.</summary>
    public async Task UnsubscribeAsync(Connection connection, string channel)
    {
        if (connection.FindSubscription(channel) is { } subscription)
        {
            await WaitUntilEstablishedAsync(subscription);
            if (Detach(subscription))
            {
                await channels.LeavePresenceAsync(subscription);
            }
        }
    }

    /// <summary>Ends a subscription and tells the client.</summary>
    public async Task UnsubscribeByServerAsync(Connection connection, UnsubscribeUser command)
    {
        if (connection.FindSubscription(command.Channel) is { } subscription)
        {
            await WaitUntilEstablishedAsync(subscription);
            if (Detach(subscription, ChannelDirectory.Unsubscribed(command.Channel, command.Code, command.Reason)))
            {
                await channels.LeavePresenceAsync(subscription);
            }
        }
    }

    /// <summary>Subscribes a connection on the server's side and tells the client. A channel that it has already stays as it is.</summary>
    public async Task SubscribeByServerAsync(Connection connection, SubscribeUser command)
    {
        if (connection.Identity is null || planner.PlanServerSide(command.Channel, command.Options ?? new SubscribeOptions(), command.RecoverSince) is not { } plan)
        {
            return;
        }

        var refusal = await SubscribeAsync(connection, plan, serverSide: true, (_, result) => connection.Send(new Reply
        {
            Push = new Push
            {
                Channel = command.Channel,
                Subscribe = new Subscribe
                {
                    Recoverable = result.Recoverable,
                    Positioned = result.Positioned,
                    Epoch = result.Epoch,
                    Offset = result.Offset,
                    Data = result.Data,
                },
            },
        }));
        if (refusal.Error == ErrorCode.LimitExceeded)
        {
            connection.Close(DisconnectCode.ChannelLimit);
        }
    }

    /// <summary>Takes a closed connection out of all its channels.</summary>
    public void EndAll(Connection connection)
    {
        foreach (var subscription in connection.GetSubscriptions())
        {
            if (Detach(subscription))
            {
                _ = channels.LeavePresenceAsync(subscription);
            }
        }
    }

    void ISubscriptionExpiry.Expired(Subscription subscription)
    {
        if (Detach(subscription, ChannelDirectory.Unsubscribed(subscription.Channel, UnsubscribeCode.Expired)))
        {
            _ = channels.LeavePresenceAsync(subscription);
        }
    }

    /// <summary>Takes a subscription out of its channel and tells the client, where it is to be told. True for the one who did.</summary>
    private bool Detach(Subscription subscription, Reply? push = null)
    {
        var ends = subscription.TryEnd();

        // Also when another ended it: after the channel's lock the push that says so is queued.
        channels.Find(subscription.Channel)?.Remove(subscription);
        if (!ends)
        {
            return false;
        }

        channels.Ended.Add(subscription, (int)(push?.Push.Unsubscribe.Code ?? 0));
        if (push is null)
        {
            subscription.Connection.Forget(subscription);
        }
        else
        {
            subscription.Connection.Forget(subscription, push);
        }

        return true;
    }

    private async Task WaitUntilEstablishedAsync(Subscription subscription)
    {
        try
        {
            await EndAsync(subscription.Established).WaitAsync(PendingTimeout, time);
        }
        catch (TimeoutException)
        {
            subscription.Connection.Close(DisconnectCode.InternalServerError);
        }
    }

    /// <summary>Brings the end to where its waiter runs: whoever establishes a subscription holds its channel's lock.</summary>
    private static async Task EndAsync(Task established) => await established;
}
