using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// What one silo has to deliver to one lane of a gateway: entries of all its channels and users, sent as one acknowledged
/// batch after the other. Any thread may enqueue; nothing here waits for the gateway but the pump.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Close ends the source; it has no timer or handle.")]
internal sealed class GatewayOutbox : IThreadPoolWorkItem
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    // An answer that is lost is lost soon; one that is late because everything is slow gets more time at the next attempt.
    private static readonly TimeSpan FirstAttempt = TimeSpan.FromSeconds(1);

    // A gateway that reconnects to the cluster, or whose silo is stopping, is out of reach for a moment only.
    private const int MostUnavailable = 5;

    private readonly OutboxContext _context;
    private readonly GatewayLane _lane;
    private readonly IGatewayObserver _observer;
    private readonly Action<GatewayOutbox> _lost;
    private readonly TimeSpan _lease;
    private readonly Guid _id = Guid.NewGuid();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _closing = new();

    private readonly Lock _lock = new(); // guards everything below
    private readonly OutboxBuffer _buffer;
    private volatile bool _isClosed; // read without the lock too
    private long _lastSequence;
    private bool _isSignalled;
    private bool _mustResynchronise;
    private bool _heartbeatDue;
    private bool _siloStopping;
    private bool _awaitsAcknowledgement;
    private bool _sentSinceTick;
    private TimeSpan _silence;
    private TaskCompletionSource? _flushed;
    private OutboxTraces? _traces; // null while nothing is traced
    private long _batchQueuedAt; // of the batch under way; only the pump uses it
    private TaskCompletionSource? _acknowledged; // by another way than the answer: of the batch under way
    private DateTimeOffset? _overflowedAt;

    /// <param name="context">What the silo's outboxes share.</param>
    /// <param name="lane">The lane that is delivered to.</param>
    /// <param name="observer">What takes the batches.</param>
    /// <param name="lost">Called once, on a pool thread, when the gateway's lease is over.</param>
    /// <param name="lease">How long a batch may be unacknowledged; null for what is configured for gateways.</param>
    public GatewayOutbox(OutboxContext context, GatewayLane lane, IGatewayObserver observer, Action<GatewayOutbox> lost, TimeSpan? lease = null)
    {
        _context = context;
        _lease = lease ?? context.Options.GatewayLease;
        _buffer = new OutboxBuffer(context.Limit, context.Time);
        context.CountOpen(1);
        _lane = lane;
        _observer = observer;
        _lost = lost;
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
                if (trace is not null)
                {
                    (_traces ??= new OutboxTraces(_context.Time)).Queued(trace, _buffer.Bytes);
                }
            }

            Signal();
            return true;
        }
    }

    /// <summary>The passing of one <see cref="OutboxContext.TickInterval"/>: renews the lease, or ends it.</summary>
    /// <remarks>
    /// Silence is counted in ticks, not read off the clock: after a pause of this very process (a debugger, a stopped
    /// container) a clock would find every gateway silent, while the timer has ticked only once.
    /// </remarks>
    public void Tick()
    {
        lock (_lock)
        {
            if (IsClosed)
            {
                return;
            }

            if (!_awaitsAcknowledgement)
            {
                _heartbeatDue = !_sentSinceTick;
                _sentSinceTick = false;
                if (_heartbeatDue)
                {
                    Signal();
                }

                return;
            }

            _silence += OutboxContext.TickInterval;
            if (_silence < _lease)
            {
                return;
            }
        }

        Lose("no acknowledgement");
    }

    /// <summary>The gateway says that it has taken this batch.</summary>
    public void Acknowledge(long sequence)
    {
        lock (_lock)
        {
            if (sequence == _lastSequence)
            {
                _acknowledged?.TrySetResult();
            }
        }
    }

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
            if (IsClosed || (_buffer.Bytes == 0 && !_heartbeatDue && !_awaitsAcknowledgement))
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
            _buffer.Clear();
            _context.CountOpen(-1);
            flushed = _flushed;
        }

        _context.Start(CancelAsync); // what waits for it must not run under the caller's locks
        _signal.Writer.TryComplete();
        flushed?.TrySetResult();
        return true;
    }

    private Task CancelAsync()
    {
        _closing.Cancel();
        return Task.CompletedTask;
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
    void IThreadPoolWorkItem.Execute() => _ = GuardAsync(SendAllAsync);

    private async Task PumpAsync()
    {
        while (await _signal.Reader.WaitToReadAsync())
        {
            _signal.Reader.TryRead(out _);
            await SendAllAsync();
        }
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
            _awaitsAcknowledgement = true;
            _acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _sentSinceTick = true;
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
            Relayed = _context.IsRelay,
        };
    }

    /// <summary>Sends until the gateway acknowledges; always the same bytes, as an unanswered call may have arrived.</summary>
    private async Task<bool> SendAsync(DeliveryBatch batch)
    {
        var unavailable = 0;
        for (var limit = FirstAttempt; !IsClosed; limit = Timeout.InfiniteTimeSpan) // the call has a limit of its own
        {
            try
            {
                await AcknowledgementAsync(batch).WaitAsync(limit, _context.Time, _closing.Token);
                Acknowledged(batch);
                return true;
            }
            catch (UnknownOutboxException e)
            {
                Lose(e.Message);
                return false;
            }
            catch (ClientNotAvailableException) when (++unavailable >= MostUnavailable)
            {
                Lose("not connected to the cluster");
                return false;
            }
            catch (Exception e) when (!IsClosed)
            {
                RoutingLog.BatchRetried(_context.Logger, e, GatewayId, Lane, batch.Sequence);
                _context.Metrics.BatchRetried();
            }
            catch (Exception)
            {
                return false;
            }

            await Task.Delay(RetryPause, _context.Time, _closing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return false;
    }

    /// <summary>The gateway's answer, or its word by another way.</summary>
    private async Task AcknowledgementAsync(DeliveryBatch batch)
    {
        Task acknowledged;
        lock (_lock)
        {
            acknowledged = _acknowledged!.Task;
        }

        var answer = _observer.DeliverAsync(batch);
        if (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, acknowledged);
        }

        if (acknowledged.IsCompleted)
        {
            _ = answer.ContinueWith(static late => late.Exception, TaskScheduler.Default); // nobody needs it any more
            return;
        }

        await answer;
    }

    private void Acknowledged(DeliveryBatch batch)
    {
        lock (_lock)
        {
            _awaitsAcknowledgement = false;
            _silence = TimeSpan.Zero;
            _traces?.Acknowledged(GatewayId);
        }

        _context.Metrics.BatchDelivered(batch.Entries.Length, batch.Entries.Length > 0 ? _context.Time.GetElapsedTime(_batchQueuedAt) : null);
    }
}
