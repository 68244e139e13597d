using System.Buffers;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Transports;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// The queue to one client: bounded in bytes, drained by one work item at a time that joins what is pending into few
/// frames. Idle, it costs no task and no buffer. Over its limit the connection closes as slow.
/// </summary>
/// <param name="transport">Where to send.</param>
/// <param name="codec">The connection's protocol.</param>
/// <param name="maxQueuedBytes">Bytes that may wait.</param>
/// <param name="shard">Whose thread sends; null for the thread pool, for transports that may block.</param>
internal sealed class ConnectionWriter(ITransport transport, IProtocolCodec codec, int maxQueuedBytes, IWriterScheduler? shard = null)
    : IThreadPoolWorkItem
{
    /// <summary>Sends are filled up to this size: large enough to save system calls, small enough to pool.</summary>
    private const int SendBytes = 16 * 1024;

    private readonly Lock _sync = new();
    private Queue<OutboundMessage>? _pending; // guarded by _sync, like all fields below
    private List<OutboundMessage>? _held;     // pushes that wait for the connect reply; null when nothing is held back
    private int _queuedBytes;
    private bool _sending;
    private bool _closed;
    private (int Code, string Reason)? _close;
    private TaskCompletionSource? _drained;
    private Dictionary<string, int>? _dropped; // publications that the end of the connection kept from being sent, by channel
    private List<TracedWrites>? _traced; // of the frame that is being sent; null when none of it is traced

    /// <summary>Called once when the queue is over its limit.</summary>
    public Action? Overflowed { get; set; }

    /// <summary>Called once when writing to the transport failed.</summary>
    public Action? Failed { get; set; }

    /// <summary>Bytes that wait to be sent.</summary>
    public int QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Publications of a channel that wait to be sent.</summary>
    public int CountUnsent(string channel)
    {
        lock (_sync)
        {
            return (_pending?.Count(message => message.Channel == channel) ?? 0) + (_held?.Count(message => message.Channel == channel) ?? 0);
        }
    }

    /// <summary>Publications of a channel that were queued and that the end of the connection kept from being sent.</summary>
    public int CountDropped(string channel)
    {
        lock (_sync)
        {
            return _dropped?.GetValueOrDefault(channel) ?? 0;
        }
    }

    /// <summary>From now on messages wait until <see cref="Release"/>: nothing may overtake the connect reply.</summary>
    public void Hold()
    {
        lock (_sync)
        {
            _held = [];
        }
    }

    /// <summary>Queues the connect reply, then everything that was held back.</summary>
    public void Release(OutboundMessage first)
    {
        lock (_sync)
        {
            var held = _held;
            _held = null;
            if (_closed || _close is not null)
            {
                return;
            }

            EnqueueLocked(first);
            foreach (var message in held ?? [])
            {
                _queuedBytes -= message.Length; // counted when it was held back
                EnqueueLocked(message);
            }
        }
    }

    /// <summary>Queues a last message: what was held back is for nobody, and nothing follows.</summary>
    public void EnqueueLast(OutboundMessage message)
    {
        lock (_sync)
        {
            _held = null;
            if (!_closed && _close is null)
            {
                EnqueueLocked(message);
                _closed = true;
            }
        }
    }

    /// <summary>Queues one encoded message. Never waits; over the limit it reports <see cref="Overflowed"/> and drops.</summary>
    public void Enqueue(OutboundMessage message)
    {
        var overflowed = false;
        lock (_sync)
        {
            if (_closed || _close is not null)
            {
                return;
            }

            if (_queuedBytes + message.Length > maxQueuedBytes && _queuedBytes > 0)
            {
                _closed = overflowed = true;
                (_pending ??= new Queue<OutboundMessage>()).Enqueue(message);
                DropPendingLocked();
            }
            else if (_held is not null)
            {
                _held.Add(message);
                _queuedBytes += message.Length;
            }
            else
            {
                EnqueueLocked(message);
            }
        }

        if (overflowed)
        {
            Overflowed?.Invoke();
        }
    }

    /// <summary>Waits until the client has taken at least half of what may be queued: back-pressure for its own commands.</summary>
    public ValueTask WaitForRoomAsync()
    {
        if (QueuedBytes <= maxQueuedBytes / 2)
        {
            return ValueTask.CompletedTask;
        }

        lock (_sync)
        {
            if (_closed || _close is not null || _queuedBytes <= maxQueuedBytes / 2)
            {
                return ValueTask.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_drained.Task);
        }
    }

    /// <summary>Ends the connection with a close code after what is queued, or at once when <paramref name="flush"/> is false.</summary>
    public void Close(int code, string reason, bool flush)
    {
        lock (_sync)
        {
            if (_close is not null)
            {
                return;
            }

            _close = (code, reason);
            _held = null;
            if (!flush)
            {
                DropPendingLocked();
            }

            _drained?.TrySetResult();
            StartLocked();
        }
    }

    /// <summary>The transport is gone: nothing more is sent.</summary>
    public void Stop()
    {
        lock (_sync)
        {
            _closed = true;
            DropPendingLocked();
            _drained?.TrySetResult();
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private void DropPendingLocked()
    {
        if (_pending is { Count: > 0 } pending)
        {
            _dropped ??= pending.Where(message => message.Channel is not null).CountBy(message => message.Channel!).ToDictionary(StringComparer.Ordinal);
            pending.Clear();
        }
    }

    private void EnqueueLocked(OutboundMessage message)
    {
        (_pending ??= new Queue<OutboundMessage>(4)).Enqueue(message);
        _queuedBytes += message.Length;
        StartLocked();
    }

    private void StartLocked()
    {
        if (!_sending)
        {
            _sending = true;
            if (shard is null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
            else
            {
                shard.Schedule(this);
            }
        }
    }

    private async Task DrainAsync()
    {
        try
        {
            while (true)
            {
                byte[]? rented = null;
                try
                {
                    if (!TryTakeFrame(ref rented, out var frame, out var messageBytes, out var close))
                    {
                        if (close is { } end)
                        {
                            await transport.CloseAsync(end.Code, end.Reason);
                        }

                        return;
                    }

                    await transport.SendAsync(frame);
                    Sent(messageBytes);
                }
                finally
                {
                    if (rented is not null)
                    {
                        ArrayPool<byte>.Shared.Return(rented);
                    }
                }
            }
        }
        catch (Exception)
        {
            // Whatever the transport threw, this client can no longer be written to; the reader logs the end.
            Stop();
            Failed?.Invoke();
        }
    }

    /// <summary>Takes the next messages as one frame: a lone message as it is, several joined in a rented buffer.</summary>
    private bool TryTakeFrame(
        ref byte[]? rented, out ReadOnlyMemory<byte> frame, out int messageBytes, out (int Code, string Reason)? close)
    {
        lock (_sync)
        {
            close = _close;
            if (_pending is null || !_pending.TryDequeue(out var first))
            {
                frame = default;
                messageBytes = 0;
                _sending = _close is not null; // a closing writer stays busy: nothing may start a second drain
                _pending = null;
                return false;
            }

            messageBytes = first.Length;
            var bytes = BytesOf(first);
            NoteTrace(first);
            if (_pending.Count == 0 || bytes.Length > SendBytes)
            {
                frame = bytes;
                return true;
            }

            rented = ArrayPool<byte>.Shared.Rent(SendBytes);
            bytes.CopyTo(rented);
            var length = bytes.Length;
            var separator = transport.SendsWebSocketFrames ? default : codec.Separator;
            while (_pending.TryPeek(out var next) && length + separator.Length + BytesOf(next).Length <= rented.Length)
            {
                _pending.Dequeue();
                separator.CopyTo(rented.AsSpan(length));
                length += separator.Length;
                BytesOf(next).CopyTo(rented.AsMemory(length));
                length += BytesOf(next).Length;
                messageBytes += next.Length;
                NoteTrace(next);
            }

            frame = rented.AsMemory(0, length);
            return true;
        }
    }

    private ReadOnlyMemory<byte> BytesOf(OutboundMessage message) => transport.SendsWebSocketFrames ? message.Frame : message.Payload;

    private void NoteTrace(OutboundMessage message)
    {
        if (message.Writes is { } writes)
        {
            (_traced ??= []).Add(writes);
        }
    }

    private void Sent(int messageBytes)
    {
        lock (_sync)
        {
            _traced?.ForEach(writes => writes.Written(transport.Name));
            _traced = null;
            _queuedBytes -= messageBytes;
            if (_drained is not null && _queuedBytes <= maxQueuedBytes / 2)
            {
                _drained.TrySetResult();
                _drained = null;
            }
        }
    }
}
