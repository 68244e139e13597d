using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Gateway.Ledgers;

/// <summary>The subscriptions of this gateway that ended last: who asks why something did not come often asks afterwards.</summary>
internal sealed class EndedSubscriptions(TimeProvider time)
{
    /// <summary>Subscriptions that are remembered.</summary>
    public const int MaxRemembered = 4096;

    private readonly Lock _sync = new();
    private readonly Ring<SubscriptionTrace> _ended = new(MaxRemembered); // guarded by _sync

    /// <summary>Remembers one that has been taken out of its channel.</summary>
    /// <param name="subscription">It.</param>
    /// <param name="code">The code that its client was told; zero for an unsubscribe of the client's own.</param>
    public void Add(Subscription subscription, int code)
    {
        if (subscription.Start.At == 0)
        {
            return; // it was never live
        }

        var connection = subscription.Connection;
        var ended = SubscriptionTrace.Of(subscription) with
        {
            State = connection.IsClosed ? SubscriptionState.Closed : SubscriptionState.Unsubscribed,
            Unsent = connection.IsClosed ? connection.Writer.CountDropped(subscription.Channel) : 0,
            QueuedBytes = 0,
            EndedAt = time.GetUtcNow(),
            EndOffset = subscription.EndOffset,
            EndCode = connection.IsClosed ? connection.CloseCode ?? 0 : code,
        };
        lock (_sync)
        {
            if (_ended.Wish is var wish && wish > _ended.Room)
            {
                _ended.Grow(wish);
            }

            _ended.Add(ended);
        }
    }

    /// <summary>Those that a question is about, oldest first.</summary>
    public SubscriptionTrace[] Find(ExplainQuery query)
    {
        lock (_sync)
        {
            return [.. _ended.Oldest().Where(ended => ended.Channel == query.Channel && query.Matches(ended.User, ended.Client))];
        }
    }
}
