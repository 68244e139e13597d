using System.Threading.Channels;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// What one silo has to deliver to one lane of a gateway: entries of all its channels and users, sent as one acknowledged
/// batch after the other. Any thread may enqueue; nothing here waits for the gateway but the pump.
/// </summary>
internal sealed class GatewayOutbox : IThreadPoolWorkItem
{
    /// <summary>Batches that a thread sends which does it beside its own work.</summary>
    private const int MostDeferred = 4;

    private readonly OutboxContext _context;
    private readonly GatewayLane _lane;
    private readonly BatchSender _sender;
    private readonly Action<GatewayOutbox> _lost;
    private readonly Guid _id = Guid.NewGuid();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Lock _lock = new(); // guards everything below
    private readonly OutboxBuffer _buffer;
    private volatile bool _isClosed; // read without the lock too
    private long _lastSequence;
    private bool _isSignalled;
    private bool _mustResynchronise;
    private bool _heartbeatDue;
    private bool _siloStopping;
    private GatewayLease _lease; // a mutable struct
    private TaskCompletionSource? _flushed;
    private OutboxTraces? _traces; // null while nothing is traced
    private long _batchQueuedAt; // of the batch under way; only the pump uses it
    private DateTimeOffset? _overflowedAt;

    /// <param name="context">What the silo's outboxes share.</param>
    /// <param name="lane">The lane that is delivered to.</param>
    /// <param name="observer">What takes the batches.</param>
    /// <param name="lost">Called once, on a pool thread, when the gateway's lease is over.</param>
    /// <param name="lease">How long a batch may be unacknowledged; null for what is configured for gateways.</param>
    public GatewayOutbox(OutboxContext context, GatewayLane lane, IGatewayObserver observer, Action<GatewayOutbox> lost, TimeSpan? lease = null)
    {
        _context = context;
        _lease = new GatewayLease(lease ?? context.Options.GatewayLease);
        _buffer = new OutboxBuffer(context.Limit, context.Time);
        context.CountOpen(1);
        _lane = lane;
        _lost = lost;
        _sender = new BatchSender(context, lane, observer, Lose);
        context.Start(() => GuardAsync(PumpAsync));
    }

    /// <summary>Tells the outboxes of a lane apart, in each batch.</summary>
    public Guid Id => _id;

    public string GatewayId => _lane.GatewayId;

    public long Incarnation => _lane.Incarnation;

    public int Lane => _lane.Lane;

    /// <summary>True when nothing is delivered through it any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Bytes that wait.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (_lock)
            {
                return _buffer.Bytes;
            }
        }
    }

    /// <summary>When its content was dropped for the last time; null: never.</summary>
    public DateTimeOffset? OverflowedAt
    {
        get
        {
            lock (_lock)
            {
                return _overflowedAt;
            }
        }
    }

    /// <summary>Queues an entry behind all earlier ones. False when the outbox is closed: the gateway is gone.</summary>
    public bool Enqueue(ReadOnlySpan<byte> entry, byte[]? trace = null)
    {
        lock (_lock)
        {
            if (IsClosed)
            {
                return false;
            }

            if (!_context.Allows(_buffer.Bytes + entry.Length))
            {
                Overflow(entry.Length);
            }
            else
            {
                _buffer.Append(entry);
                if (trace is not null && !(_traces ??= new OutboxTraces(_context.Time)).TryQueue(trace, _buffer.Bytes))
                {
                    _context.Metrics.LimitHit("traces");
                }
            }

            Signal();
            return true;
        }
    }

    /// <summary>The passing of one <see cref="OutboxContext.TickInterval"/>: renews the lease, or ends it.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            if (IsClosed)
            {
                return;
            }

            var lease = _lease.Tick();
            if (lease == LeaseState.NeedsHeartbeat)
            {
                _heartbeatDue = true;
                Signal();
            }

            if (lease != LeaseState.Over)
            {
                return;
            }
        }

        Lose("no acknowledgement");
    }

    /// <summary>The gateway says that it has taken this batch.</summary>
    public void Acknowledge(long sequence) => _sender.Acknowledge(sequence);

    /// <summary>From now on each batch says that the silo stops; the first goes at once.</summary>
    public void AnnounceStop()
    {
        lock (_lock)
        {
            _siloStopping = true;
            _heartbeatDue = true;
            Signal();
        }
    }

    /// <summary>Ends when everything queued so far is acknowledged, or the outbox closed.</summary>
    public async Task FlushAsync()
    {
        Task flushed;
        lock (_lock)
        {
            if (IsClosed || (_buffer.Bytes == 0 && !_heartbeatDue && !_lease.AwaitsAcknowledgement))
            {
                return;
            }

            _flushed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            flushed = _flushed.Task;
        }

        await flushed;
    }

    /// <summary>Drops what waits and stops the pump.</summary>
    /// <returns>False when it was closed already.</returns>
    public bool Close()
    {
        TaskCompletionSource? flushed;
        lock (_lock)
        {
            if (IsClosed)
            {
                return false;
            }

            _isClosed = true;
            _sender.Close();
            _buffer.Clear();
            _context.CountOpen(-1);
            flushed = _flushed;
        }

        _context.Start(_sender.CancelAsync); // what waits for it must not run under the caller's locks
        _signal.Writer.TryComplete();
        flushed?.TrySetResult();
        return true;
    }

    private void Lose(string reason)
    {
        if (!IsClosed)
        {
            RoutingLog.GatewayLost(_context.Logger, GatewayId, Incarnation, reason);
            _lost(this);
        }
    }

    private void Overflow(int entryLength)
    {
        if (!_mustResynchronise)
        {
            RoutingLog.OutboxOverflow(_context.Logger, GatewayId, Lane, _buffer.Bytes + entryLength);
            _context.Metrics.OutboxOverflowed();
            _context.Metrics.LimitHit("outbox");
        }

        _buffer.Clear();
        _traces = null;
        _mustResynchronise = true;
        _overflowedAt = _context.Time.GetUtcNow();
    }

    private void Signal()
    {
        if (!_isSignalled)
        {
            _isSignalled = true; // until nothing waits: the pump, or the thread that does its work this time, sends alone
            if (_context.Local?.Defer is not { } defer || !defer(this))
            {
                _signal.Writer.TryWrite(true);
            }
        }
    }

    /// <summary>Sends what waits on the thread that queued it, once that is done with what it was at.</summary>
    void IThreadPoolWorkItem.Execute() => _ = GuardAsync(SendDeferredAsync);

    private async Task PumpAsync()
    {
        while (await _signal.Reader.WaitToReadAsync())
        {
            _signal.Reader.TryRead(out _);
            await SendAllAsync();
        }
    }

    /// <summary>The thread has others to serve: what comes faster than it sends is the pump's.</summary>
    private async Task SendDeferredAsync()
    {
        for (var sent = 0; sent < MostDeferred; sent++)
        {
            if (TakeBatch() is not { } batch || !await SendAsync(batch))
            {
                return;
            }
        }

        _signal.Writer.TryWrite(true);
    }

    private async Task SendAllAsync()
    {
        while (TakeBatch() is { } batch && await SendAsync(batch))
        {
        }
    }

    private async Task GuardAsync(Func<Task> pump)
    {
        try
        {
            await pump();
        }
        catch (Exception e)
        {
            RoutingLog.PumpFailed(_context.Logger, e, GatewayId, Lane);
            _lost(this);
        }
    }

    private DeliveryBatch? TakeBatch()
    {
        RentedBatch taken;
        bool resynchronise, siloStopping;
        long sequence;
        lock (_lock)
        {
            var hasEntries = _buffer.TryTake(out taken);
            if (IsClosed || (!hasEntries && !_mustResynchronise && !_heartbeatDue))
            {
                _isSignalled = false;
                _flushed?.TrySetResult();
                _flushed = null;
                return null;
            }

            _traces?.Taken(taken.Length);
            resynchronise = _mustResynchronise;
            siloStopping = _siloStopping;
            sequence = ++_lastSequence;
            _mustResynchronise = false;
            _heartbeatDue = false;
            _lease.Sent();
        }

        _batchQueuedAt = taken.QueuedAt;
        return new DeliveryBatch
        {
            SiloId = _context.SiloId,
            OutboxId = _id,
            Sequence = sequence,
            Resynchronise = resynchronise,
            SiloStopping = siloStopping,
            Entries = taken.Array is null ? [] : taken.ToMessage(),
            Entrance = _context.Entrance,
            EntranceLevel = _context.Entrance is null ? 0 : ISiloEntrance.ReadsAndUsers,
            Relayed = _context.IsRelay,
        };
    }

    private async Task<bool> SendAsync(DeliveryBatch batch)
    {
        if (!await _sender.SendAsync(batch))
        {
            return false;
        }

        Acknowledged(batch);
        return true;
    }

    private void Acknowledged(DeliveryBatch batch)
    {
        lock (_lock)
        {
            _lease.Acknowledged();
            _traces?.Acknowledged(GatewayId);
        }

        _context.Metrics.BatchDelivered(batch.Entries.Length, batch.Entries.Length > 0 ? _context.Time.GetElapsedTime(_batchQueuedAt) : null);
    }
}
