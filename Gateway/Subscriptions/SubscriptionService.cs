using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Takes connections into channels and out of them, in the sequence that leaves no gap (protocol §7.1): presence first,
/// then what was missed, then the reply and the live publications under one lock.
/// </summary>
internal sealed class SubscriptionService(
    ChannelDirectory channels,
    SubscriptionPlanner planner,
    ClusterCalls calls,
    IOptions<GatewayOptions> options,
    TimeProvider time) : ISubscriptionExpiry
{
    /// <summary>How long an unsubscribe waits for a subscribe that is under way (§7.3).</summary>
    private static readonly TimeSpan PendingTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Subscribes. <paramref name="announce"/> queues the reply or push; it is called under the channel's lock, and only
    /// when the subscription goes live. The result is an error for the client, or none; on a failure of the cluster the
    /// connection is closed with 3004, which makes the client come again.
    /// </summary>
    public async Task<ErrorCode> SubscribeAsync(
        Connection connection, SubscriptionPlan plan, bool serverSide, Action<Subscription, SubscribeResult> announce)
    {
        var subscription = new Subscription(connection, plan.Channel, serverSide)
        {
            Traits = plan.Traits,
            ChanInfo = plan.ChanInfo,
            ExpireAt = plan.ExpireAt,
            ClientSideRefresh = plan.ClientSideRefresh,
            Expiry = this,
        };
        if (!connection.TryReserve(subscription, out var error))
        {
            return error;
        }

        try
        {
            error = await EstablishAsync(subscription, plan, announce);
        }
        catch (WsClusterException e) when (!e.IsTemporary)
        {
            error = e.Code;
        }
        catch (Exception e) when (ClusterCalls.IsPassing(e))
        {
            GatewayLog.ChannelUnreachable(channels.Logger, plan.Channel, 0, e.Message);
            error = ErrorCode.Internal;
        }

        if (error == ErrorCode.None)
        {
            if (plan.ExpireAt is { } expireAt)
            {
                connection.WakeAt(expireAt + options.Value.ExpiredCloseDelay);
            }

            return error;
        }

        if (subscription.TryEnd())
        {
            connection.Forget(subscription);
        }

        if (error == ErrorCode.Internal)
        {
            connection.Close(DisconnectCode.InternalServerError);
        }

        return error;
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

        var error = await SubscribeAsync(connection, plan, serverSide: true, (_, result) => connection.Send(new Reply
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
        if (error == ErrorCode.LimitExceeded)
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

    private async Task<ErrorCode> EstablishAsync(
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

            if (subscription.Traits.ReceivesJoinLeave)
            {
                channel.HoldPresence(subscription);
            }

            if (member is not null && !await channel.Link.Presence.JoinAsync(member))
            {
                return ErrorCode.Internal;
            }

            error = plan.RecoverFrom is { } from
                ? await RecoverAsync(channel, subscription, plan, from, announce)
                : GoLive(channel, subscription, plan, announce);
            live = error == ErrorCode.None;
            return error;
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

    private ErrorCode GoLive(
        ChannelSubscribers channel, Subscription subscription, SubscriptionPlan plan, Action<Subscription, SubscribeResult> announce)
    {
        var live = channel.TryGoLive(subscription, page: null, (position, _) =>
        {
            announce(subscription, Describe(plan, position));
            return true;
        });
        return live ? ErrorCode.None : ErrorCode.Internal;
    }

    private async Task<ErrorCode> RecoverAsync(
        ChannelSubscribers channel,
        Subscription subscription,
        SubscriptionPlan plan,
        StreamPosition from,
        Action<Subscription, SubscribeResult> announce)
    {
        channel.BeginRecovery();
        try
        {
            var cache = plan.Options.ForceRecoveryMode == RecoveryMode.Cache;
            var grain = channels.Grains.GetGrain<IChannelRouting>(plan.Channel);
            var query = new RecoveryQuery
            {
                AfterOffset = from.Offset,
                Limit = options.Value.MaxRecoveryPublications + 1, // one more than allowed tells that the gap is too large
                LatestOnly = cache,
            };
            var page = await calls.RepeatAsync(() => grain.RecoverAsync(query));
            if (page.Top.Epoch != channel.Position.Epoch)
            {
                // The grain moved and its stream began anew, before the read or since: find it first, then read again.
                channel.Link.Rebind();
                if (await channel.Link.EnsureAttachedAsync() is var error and not ErrorCode.None)
                {
                    return error;
                }

                page = await calls.RepeatAsync(() => grain.RecoverAsync(query));
            }

            var rejected = false;
            var live = channel.TryGoLive(subscription, page, (position, publications) =>
            {
                var decision = cache
                    ? RecoveryDecision.Cache(from, publications.Count > 0 ? publications[^1] : null, position)
                    : RecoveryDecision.Stream(from, publications, position);
                if (page.Publications.Count > options.Value.MaxRecoveryPublications)
                {
                    decision = new RecoveryDecision(false, []);
                }

                rejected = !decision.Recovered && plan.RejectUnrecovered && !cache;
                if (rejected)
                {
                    return false;
                }

                announce(subscription, Describe(plan, position, from, decision, subscription));
                return true;
            });
            return live ? ErrorCode.None : rejected ? ErrorCode.UnrecoverablePosition : ErrorCode.Internal;
        }
        finally
        {
            channel.EndRecovery();
        }
    }

    /// <summary>The result of a subscription that recovered or tried to (§7.2, §8.3).</summary>
    private SubscribeResult Describe(
        SubscriptionPlan plan, StreamPosition position, StreamPosition from, RecoveryDecision decision, Subscription subscription)
    {
        var result = Describe(plan, position);
        result.WasRecovering = true;
        result.Recovered = decision.Recovered;
        if (decision.Recovered && plan.Options.ForceRecoveryMode == RecoveryMode.Stream)
        {
            result.Offset = from.Offset; // the client advances by the publications
        }

        var wanted = decision.Publications.Where(p => plan.Traits.Filter?.Matches(p.Tags) ?? true).ToList();
        subscription.HasDeltaBase = wanted.Count > 0 && wanted[^1] == decision.Publications[^1];
        result.Publications.Add(plan.Traits.Delta
            ? WireMessages.WithDeltas(wanted, subscription.Connection.Codec.Kind)
            : wanted.Select(WireMessages.ToWire));
        return result;
    }

    private SubscribeResult Describe(SubscriptionPlan plan, StreamPosition position)
    {
        var result = new SubscribeResult
        {
            Recoverable = plan.Traits.Recoverable,
            Positioned = plan.Traits.Positioned,
            Delta = plan.Traits.Delta,
            Data = WireMessages.Wrap(plan.Data),
            Expires = plan.ClientSideRefresh && plan.ExpireAt is not null,
        };
        if (result.Expires)
        {
            result.Ttl = Ttl.Seconds(plan.ExpireAt, time.GetUtcNow());
        }

        if (plan.Traits.Positioned)
        {
            result.Epoch = position.Epoch;
            result.Offset = position.Offset;
        }

        return result;
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
