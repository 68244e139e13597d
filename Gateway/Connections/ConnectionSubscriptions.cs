using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Connections;

/// <summary>The channels that a connection has or is about to have, at most as many as allowed. Safe from any thread.</summary>
internal sealed class ConnectionSubscriptions(int capacity)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, Subscription> _byChannel = new(StringComparer.Ordinal); // guarded by _sync
    private bool _closed; // guarded by _sync

    /// <summary>The number of subscriptions, reserved ones included.</summary>
    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _byChannel.Count;
            }
        }
    }

    /// <summary>The subscriptions now, reserved ones included.</summary>
    public Subscription[] ToArray()
    {
        lock (_sync)
        {
            return [.. _byChannel.Values];
        }
    }

    /// <summary>The subscription to a channel, or null.</summary>
    public Subscription? Find(string channel)
    {
        lock (_sync)
        {
            return _byChannel.GetValueOrDefault(channel);
        }
    }

    /// <summary>Reserves a channel. False when the connection is closed, has the channel, or has as many as it may.</summary>
    public bool TryReserve(Subscription subscription, out ErrorCode error)
    {
        lock (_sync)
        {
            error = _closed ? ErrorCode.Internal
                : _byChannel.ContainsKey(subscription.Channel) ? ErrorCode.AlreadySubscribed
                : _byChannel.Count >= capacity ? ErrorCode.LimitExceeded
                : ErrorCode.None;
            if (error != ErrorCode.None)
            {
                return false;
            }

            _byChannel.Add(subscription.Channel, subscription);
            return true;
        }
    }

    /// <summary>
    /// Forgets a subscription that ended and queues the push that says so, in one step: a client that subscribes again at once
    /// must find it forgotten (or it gets error 105 and stays away), and one that unsubscribes meanwhile must not get the push
    /// behind its reply.
    /// </summary>
    public void Forget(Subscription subscription, ConnectionWriter writer, OutboundMessage push)
    {
        lock (_sync)
        {
            Forget(subscription);
            writer.Enqueue(push);
        }
    }

    /// <summary>Forgets a subscription that ended.</summary>
    public void Forget(Subscription subscription)
    {
        lock (_sync)
        {
            if (_byChannel.TryGetValue(subscription.Channel, out var current) && current == subscription)
            {
                _byChannel.Remove(subscription.Channel);
            }
        }
    }

    /// <summary>The connection is closing: nothing more can be reserved.</summary>
    public void Close()
    {
        lock (_sync)
        {
            _closed = true;
        }
    }
}
