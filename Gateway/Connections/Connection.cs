using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Limits;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Publishing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Transports;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// One open transport and what the client has done on it: who it is, its subscriptions, its deadlines. Commands come one
/// after the other from the reader; pushes, deadlines and server commands come from any thread.
/// </summary>
internal sealed class Connection : IWriterOwner
{
    private const int NoCode = -1;

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    private readonly GatewayOptions _options;
    private readonly ConnectionSubscriptions _subscriptions;
    private readonly ConnectionDeadlines _deadlines;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DeadlineClock _clock;
    private ConnectionRates _rates; // of the reader
    private int _historyRead; // by Interlocked
    private int _closeCode = NoCode; // by Interlocked
    private int _closed; // zero while open; by Interlocked

    public Connection(
        ITransport transport, IProtocolCodec codec, GatewayOptions options, DeadlineClock clock, PingKind pings = default, WriterShard? shard = null)
    {
        _options = options;
        _clock = clock;
        _subscriptions = new ConnectionSubscriptions(options.MaxChannelsPerConnection);
        Codec = codec;
        TransportName = transport.Name;
        OpenedAt = clock.Now;
        Writer = new ConnectionWriter(transport, codec, options.MaxQueuedBytes, shard ?? new WriterShard(TimeProvider.System), this);
        _deadlines = new ConnectionDeadlines(this, transport, options, clock, pings);
    }

    /// <summary>The id that clients and applications see, unique in the cluster.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>Encodes what this client gets and decodes what it sends.</summary>
    public IProtocolCodec Codec { get; }

    /// <summary>The transport's name.</summary>
    public string TransportName { get; }

    /// <summary>
    /// The secret by which the client's requests find this connection (protocol §24); empty on a WebSocket, which needs none.
    /// </summary>
    public string Session { get; init; } = "";

    /// <summary>Names this gateway in the client's requests; empty when <see cref="Session"/> is not for requests.</summary>
    public string Node { get; init; } = "";

    /// <summary>Headers of the upgrade request that the application is to get; names in any case.</summary>
    public IReadOnlyDictionary<string, string> HttpHeaders { get; init; } = NoHeaders;

    /// <summary>Headers that the client itself said in its connect command, as far as the application is to get them.</summary>
    public IReadOnlyDictionary<string, string> EmulatedHeaders { get; set; } = NoHeaders;

    /// <summary>The queue to the client.</summary>
    public ConnectionWriter Writer { get; }

    /// <summary>What the client publishes; null until it does. Used by the connection's reader only.</summary>
    public PublishPipeline? Publishing { get; set; }

    /// <summary>When the transport opened.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>The client's identity; null until its connect command succeeded.</summary>
    public ClientIdentity? Identity { get; private set; }

    /// <summary>True once the connect reply is queued.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>The code that ended the connection; null while it is open.</summary>
    public int? CloseCode => Volatile.Read(ref _closeCode) is var code and not NoCode ? code : null;

    /// <summary>Ends when the connection is closed and must be cleaned up.</summary>
    public Task Ended => _ended.Task;

    /// <summary>True once the connection is closing: no command is handled any more.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>How often the client is pinged by messages; zero for never.</summary>
    public TimeSpan PingInterval => _deadlines.PingInterval;

    /// <summary>The number of subscriptions, reserved ones included.</summary>
    public int SubscriptionCount => _subscriptions.Count;

    /// <summary>The connect command succeeded: pings start, the stale deadline is off.</summary>
    public void Authenticated(ClientIdentity identity)
    {
        Identity = identity;
        _deadlines.StartPings();
        _deadlines.ExpireAt(identity.ExpireAt);
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
        _deadlines.ExpireAt(identity.ExpireAt);
    }

    /// <inheritdoc cref="ConnectionSubscriptions.TryReserve"/>
    public bool TryReserve(Subscription subscription, out ErrorCode error) => _subscriptions.TryReserve(subscription, out error);

    /// <summary>The connection's subscription to a channel, or null.</summary>
    public Subscription? FindSubscription(string channel) => _subscriptions.Find(channel);

    /// <summary>The connection's subscriptions now.</summary>
    public Subscription[] GetSubscriptions() => _subscriptions.ToArray();

    /// <summary>Forgets a subscription that ended and queues the push that says so, in one step.</summary>
    public void Forget(Subscription subscription, Reply push)
    {
        // A code and a reason: there is nothing that could not be encoded.
        if (OutboundMessage.TryEncode(Codec, push, deltaData: false, out var message))
        {
            _subscriptions.Forget(subscription, Writer, message);
        }
    }

    /// <summary>Forgets a subscription that ended.</summary>
    public void Forget(Subscription subscription) => _subscriptions.Forget(subscription);

    /// <summary>Wakes the connection when one of its subscriptions expires.</summary>
    public void WakeForExpiry(DateTimeOffset? expireAt) => _deadlines.ExpireAt(expireAt);

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
    public bool TryPong() => _deadlines.TryPong();

    /// <summary>A WebSocket pong of the client, which may send one unasked (RFC 6455 §5.5.3).</summary>
    public void TakePongFrame() => _deadlines.TakePongFrame();

    /// <summary>
    /// Waits for a command that takes its time, such as for a silo that just died. The client's pong waits behind it unread and
    /// is not late for that.
    /// </summary>
    public async ValueTask<Refusal> WaitForAsync(ValueTask<Refusal> command)
    {
        _deadlines.HoldPong();
        try
        {
            return await command;
        }
        finally
        {
            _deadlines.ReleasePong();
        }
    }

    /// <summary>The most commands that one message may hold.</summary>
    public int MaxCommandsPerMessage => _options.MaxCommandsPerMessage;

    /// <summary>How deep a command in JSON may nest.</summary>
    public int MaxJsonDepth => _options.MaxJsonDepth;

    /// <summary>Charges a message to the connection's rates: how long it must wait before the next is read.</summary>
    public Pause Charge(int commands, int bytes) => _rates.Charge(_options, _clock.Now, commands, bytes);

    /// <summary>So much history was read for the client, in whatever way. Safe from any thread.</summary>
    public void HistoryRead(int publications) => Interlocked.Add(ref _historyRead, publications);

    /// <summary>Charges what history was read since to the connection's rate; otherwise as <see cref="Charge"/>.</summary>
    public Pause ChargeHistory() =>
        Volatile.Read(ref _historyRead) == 0 ? default : _rates.ChargeHistory(_options, _clock.Now, Interlocked.Exchange(ref _historyRead, 0));

    /// <summary>What to wait for after it was too fast. Null for a client that was far too fast: it is closed (3013).</summary>
    public Task? TryWaitOut(TimeSpan wait)
    {
        if (wait > ConnectionRates.LongestWait)
        {
            Close(DisconnectCode.TooManyRequests);
            return null;
        }

        return WaitOutAsync(wait);
    }

    /// <summary>Charges an error reply; false when the connection had too many.</summary>
    public bool TryErr() => _rates.TryErr(_options, _clock.Now);

    /// <summary>Ends the connection with a code of the protocol.</summary>
    public void Close(DisconnectCode code) => Close((int)code, code.Reason());

    /// <summary>
    /// Ends the connection: what is queued is still sent, except to a client that is too slow. Never waits; safe from any
    /// thread, also under a channel's lock, since the clean-up runs elsewhere.
    /// </summary>
    public void Close(int code, string reason)
    {
        if (!TryEnd(code))
        {
            return;
        }

        // A client that does not read would keep the close frame waiting for ever.
        var flush = code is not ((int)DisconnectCode.Slow or (int)DisconnectCode.ConnectionClosed);
        _deadlines.AbortAfter(_options.CloseTimeout + _options.CloseTimeout);
        Writer.Close(code, reason, flush);
        _ended.TrySetResult();
    }

    /// <summary>The client closed with a close frame: it gets one back, and nothing else.</summary>
    public void ClosedByPeer(int code)
    {
        if (TryEnd((int)DisconnectCode.ConnectionClosed)) // else it answers ours
        {
            Writer.Close(code, "", flush: false);
            _ended.TrySetResult();
        }
    }

    /// <summary>The client went away by itself.</summary>
    public void TransportEnded()
    {
        TryEnd((int)DisconnectCode.ConnectionClosed);
        Writer.Stop();
        _ended.TrySetResult();
    }

    /// <summary>
    /// Connect failed: after the error reply nothing is sent and no command handled, and the transport goes soon without
    /// advice (§6 point 7).
    /// </summary>
    public void Reject(Reply error)
    {
        if (Codec.IsUnidirectional)
        {
            Close(UnidirectionalPush.DisconnectFor(error.Error)); // such a client knows no replies
            return;
        }

        if (!TryEnd(code: null))
        {
            return;
        }

        if (OutboundMessage.TryEncode(Codec, error, deltaData: false, out var message))
        {
            Writer.EnqueueLast(message);
        }

        _ended.TrySetResult();
        _deadlines.AbortAfter(_options.CloseTimeout);
    }

    void IWriterOwner.QueueOverflowed() => Close(DisconnectCode.Slow);

    void IWriterOwner.WriteFailed() => Close(DisconnectCode.WriteError);

    /// <summary>Waits while the client's pong may lie unread behind what made it wait.</summary>
    private async Task WaitOutAsync(TimeSpan wait)
    {
        _deadlines.HoldPong();
        try
        {
            await _clock.DelayAsync(wait);
        }
        finally
        {
            _deadlines.ReleasePong();
        }
    }

    /// <summary>True for the one caller that ends the connection; a rejected one gets its code when the transport ends.</summary>
    private bool TryEnd(int? code)
    {
        var ends = Interlocked.Exchange(ref _closed, 1) == 0;
        if (code is { } known)
        {
            Interlocked.CompareExchange(ref _closeCode, known, NoCode);
        }

        _subscriptions.Close();
        return ends;
    }
}
