using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Transports;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// One open transport and what the client has done on it: who it is, its subscriptions, its deadlines. Commands come one
/// after the other from the reader; pushes, deadlines and server commands come from any thread.
/// </summary>
internal sealed class Connection : IDeadline
{
    private readonly Lock _sync = new();
    private readonly ITransport _transport;
    private readonly GatewayOptions _options;
    private readonly DeadlineClock _clock;
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal); // guarded by _sync
    private readonly PingSchedule _ping;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _abortAt;
    private bool _closed; // guarded by _sync

    public Connection(
        ITransport transport, IProtocolCodec codec, GatewayOptions options, DeadlineClock clock, bool pings = true, WriterShard? shard = null)
    {
        _transport = transport;
        _options = options;
        _clock = clock;
        Codec = codec;
        OpenedAt = clock.Now;
        Writer = new ConnectionWriter(transport, codec, options.MaxQueuedBytes, shard)
        {
            Overflowed = () => Close(DisconnectCode.Slow),
            Failed = () => Close(DisconnectCode.WriteError),
        };
        _ping = new PingSchedule(pings ? options.PingInterval : TimeSpan.Zero, options.PongTimeout);
        clock.Schedule(this, OpenedAt + options.StaleTimeout);
    }

    /// <summary>The id that clients and applications see, unique in the cluster.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>Encodes what this client gets and decodes what it sends.</summary>
    public IProtocolCodec Codec { get; }

    /// <summary>The queue to the client.</summary>
    public ConnectionWriter Writer { get; }

    /// <summary>When the transport opened.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>The client's identity; null until its connect command succeeded.</summary>
    public ClientIdentity? Identity { get; private set; }

    /// <summary>True once the connect reply is queued.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>The code that ended the connection; null while it is open.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Ends when the connection is closed and must be cleaned up.</summary>
    public Task Ended => _ended.Task;

    /// <summary>True once the connection is closing: no command is handled any more.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>How often the client is pinged; zero for never.</summary>
    public TimeSpan PingInterval => _ping.Interval;

    /// <summary>The number of subscriptions, reserved ones included.</summary>
    public int SubscriptionCount
    {
        get
        {
            lock (_sync)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <summary>The connect command succeeded: pings start, the stale deadline is off.</summary>
    public void Authenticated(ClientIdentity identity)
    {
        Identity = identity;
        var now = _clock.Now;
        _ping.Start(now);
        if (_ping.Next is { } ping)
        {
            _clock.Schedule(this, ping);
        }

        ScheduleExpiry(identity.ExpireAt);
    }

    /// <summary>Queues the connect reply, then the pushes that had to wait for it.</summary>
    public void Establish(Reply reply)
    {
        if (OutboundMessage.TryEncode(Codec, reply, deltaData: false, out var message))
        {
            IsEstablished = true;
            Writer.Release(message);
        }
        else
        {
            Close(DisconnectCode.InappropriateProtocol);
        }
    }

    /// <summary>Replaces expiry and info after a refresh.</summary>
    public void Refreshed(ClientIdentity identity)
    {
        Identity = identity;
        ScheduleExpiry(identity.ExpireAt);
    }

    /// <summary>Reserves a channel. False when the connection is closed, has the channel, or has as many as it may.</summary>
    public bool TryReserve(Subscription subscription, out ErrorCode error)
    {
        lock (_sync)
        {
            error = _closed ? ErrorCode.Internal
                : _subscriptions.ContainsKey(subscription.Channel) ? ErrorCode.AlreadySubscribed
                : _subscriptions.Count >= _options.MaxChannelsPerConnection ? ErrorCode.LimitExceeded
                : ErrorCode.None;
            if (error != ErrorCode.None)
            {
                return false;
            }

            _subscriptions.Add(subscription.Channel, subscription);
            return true;
        }
    }

    /// <summary>The connection's subscription to a channel, or null.</summary>
    public Subscription? FindSubscription(string channel)
    {
        lock (_sync)
        {
            return _subscriptions.GetValueOrDefault(channel);
        }
    }

    /// <summary>
    /// Forgets a subscription that ended and queues the push that says so, in one step: a client that subscribes again at once
    /// must find it forgotten (or it gets error 105 and stays away), and one that unsubscribes meanwhile must not get the push
    /// behind its reply.
    /// </summary>
    public void Forget(Subscription subscription, Reply push)
    {
        if (!OutboundMessage.TryEncode(Codec, push, deltaData: false, out var message))
        {
            return; // a code and a reason: there is nothing that could not be encoded
        }

        lock (_sync)
        {
            Forget(subscription);
            Writer.Enqueue(message);
        }
    }

    /// <summary>Forgets a subscription that ended.</summary>
    public void Forget(Subscription subscription)
    {
        lock (_sync)
        {
            if (_subscriptions.TryGetValue(subscription.Channel, out var current) && current == subscription)
            {
                _subscriptions.Remove(subscription.Channel);
            }
        }
    }

    /// <summary>The connection's subscriptions now.</summary>
    public Subscription[] GetSubscriptions()
    {
        lock (_sync)
        {
            return [.. _subscriptions.Values];
        }
    }

    /// <summary>Wakes the connection for a deadline of one of its subscriptions.</summary>
    public void WakeAt(DateTimeOffset at) => _clock.Schedule(this, at);

    /// <summary>Encodes and queues a reply or push. Content that this protocol cannot carry ends the connection (3506).</summary>
    public void Send(Reply reply, bool deltaData = false)
    {
        if (OutboundMessage.TryEncode(Codec, reply, deltaData, out var message))
        {
            Writer.Enqueue(message);
        }
        else
        {
            Close(DisconnectCode.InappropriateProtocol);
        }
    }

    /// <summary>The client's pong. False when no ping waits for one.</summary>
    public bool TryPong() => _ping.TryPong();

    /// <summary>
    /// Waits for a command that takes its time, such as for a silo that just died. The client's pong waits behind it unread and
    /// is not late for that.
    /// </summary>
    public async ValueTask<Refusal> WaitForAsync(ValueTask<Refusal> command)
    {
        _ping.Hold(_clock.Now);
        try
        {
            return await command;
        }
        finally
        {
            _ping.Release(_clock.Now);
        }
    }

    /// <summary>Ends the connection with a code of the protocol.</summary>
    public void Close(DisconnectCode code) => Close((int)code, code.Reason());

    /// <summary>
    /// Ends the connection: what is queued is still sent, except to a client that is too slow. Never waits; safe from any
    /// thread, also under a channel's lock, since the clean-up runs elsewhere.
    /// </summary>
    public void Close(int code, string reason)
    {
        lock (_sync)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            CloseCode = code;
        }

        // A client that does not read would keep the close frame waiting for ever.
        var flush = code is not ((int)DisconnectCode.Slow or (int)DisconnectCode.ConnectionClosed);
        _abortAt = _clock.Now + _options.CloseTimeout + _options.CloseTimeout;
        _clock.Schedule(this, _abortAt.Value);
        Writer.Close(code, reason, flush);
        _ended.TrySetResult();
    }

    /// <summary>The client closed with a close frame: it gets one back, and nothing else.</summary>
    public void ClosedByPeer(int code)
    {
        lock (_sync)
        {
            if (_closed)
            {
                return; // it answers ours
            }

            _closed = true;
            CloseCode = (int)DisconnectCode.ConnectionClosed;
        }

        Writer.Close(code, "", flush: false);
        _ended.TrySetResult();
    }

    /// <summary>The client went away by itself.</summary>
    public void TransportEnded()
    {
        lock (_sync)
        {
            _closed = true;
            CloseCode ??= (int)DisconnectCode.ConnectionClosed;
        }

        Writer.Stop();
        _ended.TrySetResult();
    }

    /// <summary>
    /// Connect failed: after the error reply nothing is sent and no command handled, and the transport goes soon without
    /// advice (§6 point 7).
    /// </summary>
    public void Reject(Reply error)
    {
        lock (_sync)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        if (OutboundMessage.TryEncode(Codec, error, deltaData: false, out var message))
        {
            Writer.EnqueueLast(message);
        }

        _ended.TrySetResult();
        _abortAt = _clock.Now + _options.CloseTimeout;
        _clock.Schedule(this, _abortAt.Value);
    }

    DateTimeOffset? IDeadline.OnDeadline(DateTimeOffset now)
    {
        if (IsClosed)
        {
            if (_abortAt <= now)
            {
                _transport.Abort();
            }

            return null; // the abort deadline is scheduled on its own
        }

        if (Identity is not { } identity)
        {
            if (now - OpenedAt < _options.StaleTimeout)
            {
                return OpenedAt + _options.StaleTimeout;
            }

            Close(DisconnectCode.Stale);
            return null;
        }

        if (identity.ExpireAt + _options.ExpiredCloseDelay <= now)
        {
            Close(DisconnectCode.Expired);
            return null;
        }

        foreach (var subscription in GetSubscriptions())
        {
            subscription.CheckExpiry(now, _options.ExpiredCloseDelay);
        }

        return Ping(now);
    }

    private DateTimeOffset? Ping(DateTimeOffset now)
    {
        switch (_ping.OnDeadline(now))
        {
            case PingAction.Ping:
                Send(new Reply());
                break;
            case PingAction.NoPong:
                Close(DisconnectCode.NoPong);
                return null;
        }

        return _ping.ShouldReschedule(now) ? _ping.Next : null;
    }

    private void ScheduleExpiry(DateTimeOffset? expireAt)
    {
        if (expireAt is { } at)
        {
            _clock.Schedule(this, at + _options.ExpiredCloseDelay);
        }
    }
}
