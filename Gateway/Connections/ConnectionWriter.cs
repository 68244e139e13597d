using System.Buffers;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Transports;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// The queue to one client, bounded in bytes. Its shard fills and empties it, so it has no lock: others post steps to the
/// shard, and see its size. Idle, it holds no list and no buffer. Over its limit the connection closes as slow.
/// </summary>
/// <param name="transport">Where to send.</param>
/// <param name="codec">The connection's protocol.</param>
/// <param name="maxQueuedBytes">Bytes that may wait.</param>
/// <param name="shard">Who sends.</param>
/// <param name="owner">Who hears of failures.</param>
internal sealed class ConnectionWriter(ITransport transport, IProtocolCodec codec, int maxQueuedBytes, WriterShard shard, IWriterOwner owner)
{
    private int _posted;                    // bytes on their way to the shard; by Interlocked
    private int _overflows;                 // by Interlocked
    private volatile bool _ends;            // no message is posted any more
    private volatile bool _isGone;          // nothing is sent any more
    private End? _end;                      // set once, by Interlocked
    private TaskCompletionSource? _drained; // somebody waits for room; by Interlocked

    // Written by the shard alone:
    private int _queued;                    // bytes in the queue, held back or being sent
    private int _sending;                   // of them, those that the operating system has not taken yet
    private WaitingMessages _waiting;       // a mutable struct
    private bool _isFull;                   // nothing is queued any more: the last message is, or the close
    private bool _isClosing;                // close the transport when the queue is empty
    private bool _isConnected;              // the connect reply is queued or sent: from then on messages may be compressed
    private bool _isListed;                 // the shard will call Send in this round
    private TracedWrites? _traced;          // of the frame that is being sent; a traced message has one of its own
    private OutboundMessage? _overflowed;   // the message that was too much
    private volatile Dictionary<string, int>? _dropped; // publications that the end kept from being sent, by channel; set once

    /// <summary>Bytes that wait to be sent.</summary>
    public int QueuedBytes => Volatile.Read(ref _posted) + Volatile.Read(ref _queued);

    /// <summary>Who sends.</summary>
    public WriterShard Shard => shard;

    /// <summary>
    /// Publications of a channel that wait to be sent. For whoever asks why something did not come: the shard may be at work, so
    /// it is what was true a moment ago.
    /// </summary>
    public int CountUnsent(string channel)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            try
            {
                return _waiting.CountPublications(channel);
            }
            catch (InvalidOperationException)
            {
                // The shard changed the queue while it was looked at.
            }
        }

        return 0;
    }

    /// <summary>Publications of a channel that were queued and that the end of the connection kept from being sent.</summary>
    public int CountDropped(string channel) => _dropped?.GetValueOrDefault(channel) ?? 0;

    /// <summary>From now on messages wait until <see cref="Release"/>: nothing may overtake the connect reply.</summary>
    public void Hold() => shard.Post(this, WriterStep.Hold);

    /// <summary>Queues the connect reply, then everything that was held back.</summary>
    public void Release(OutboundMessage first) => TryPost(WriterStep.Release, first);

    /// <summary>Queues a last message: what was held back is for nobody, and nothing follows.</summary>
    public void EnqueueLast(OutboundMessage message)
    {
        TryPost(WriterStep.Last, message);
        _ends = true;
    }

    /// <summary>Queues one encoded message. Never waits; over the limit the owner hears of it and the message is dropped.</summary>
    public void Enqueue(OutboundMessage message) => TryPost(WriterStep.Message, message);

    /// <summary>Waits until the client has taken at least half of what may be queued: back-pressure for its own commands.</summary>
    public ValueTask WaitForRoomAsync()
    {
        if (HasRoom)
        {
            return ValueTask.CompletedTask;
        }

        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        drained = Interlocked.CompareExchange(ref _drained, drained, null) ?? drained;
        if (HasRoom)
        {
            ReleaseWaiter(); // it was sent before anybody could see that somebody waits
        }

        return new ValueTask(drained.Task);
    }

    /// <summary>Ends the connection with a close code after what is queued, or at once when <paramref name="flush"/> is false.</summary>
    public void Close(int code, string reason, bool flush)
    {
        if (Interlocked.CompareExchange(ref _end, new End(code, reason, flush), null) is null)
        {
            _ends = true;
            ReleaseWaiter();
            shard.Post(this, WriterStep.Close);
        }
    }

    /// <summary>More waits for the client than may: nothing more is queued, and its owner hears of it.</summary>
    public void Overflow()
    {
        if (Interlocked.Increment(ref _overflows) == 1)
        {
            _ends = true;
            owner.QueueOverflowed();
        }
    }

    /// <summary>The transport is gone: nothing more is sent.</summary>
    public void Stop()
    {
        _ends = true;
        _isGone = true;
        ReleaseWaiter();
    }

    /// <summary>Of the shard: does a step. A writer that may now have something to send is added to <paramref name="unsent"/>, once.</summary>
    public void Take(WriterStep step, OutboundMessage? message, List<ConnectionWriter> unsent)
    {
        if (message is not null)
        {
            Interlocked.Add(ref _posted, -message.Length);
        }

        switch (step)
        {
            case WriterStep.Message:
                Append(message!);
                break;
            case WriterStep.Hold:
                _waiting.Hold();
                break;
            case WriterStep.Release:
                EndHold(message!);
                break;
            case WriterStep.Last:
                DropHeld();
                Append(message!);
                _isFull = true;
                break;
            case WriterStep.Close:
                BeginClose();
                break;
            case WriterStep.Sent:
                Sent(_sending);
                _sending = 0;
                break;
        }

        List(unsent);
    }

    /// <summary>Of the shard: queues one of a publication's shared messages.</summary>
    public void Take(OutboundMessage message, List<ConnectionWriter> unsent)
    {
        if (_queued > 0 && QueuedBytes + message.Length > maxQueuedBytes)
        {
            _overflowed ??= message;
            Overflow();
            return;
        }

        Append(message);
        List(unsent);
    }

    /// <summary>Of the shard: sends what is queued, as far as the operating system takes it at once.</summary>
    public void Send()
    {
        _isListed = false;
        while (_sending == 0 && !_isGone)
        {
            if (!TryTakeFrame(out var frame, out var rented, out var bytes))
            {
                if (_isClosing)
                {
                    _isGone = true;
                    _ = CloseTransportAsync(_end!);
                }

                return;
            }

            var sending = SendAsync(frame);
            if (sending.IsCompletedSuccessfully)
            {
                sending.GetAwaiter().GetResult();
                Return(rented);
                Sent(bytes);
            }
            else
            {
                _sending = bytes;
                _ = FinishAsync(sending, rented);
            }
        }

        if (_isGone)
        {
            Drop();
        }
    }

    private bool HasRoom => _ends || QueuedBytes <= maxQueuedBytes / 2;

    private void TryPost(WriterStep step, OutboundMessage message)
    {
        if (_ends)
        {
            return;
        }

        var bytes = Interlocked.Add(ref _posted, message.Length) + Volatile.Read(ref _queued);
        if (bytes > maxQueuedBytes && bytes > message.Length)
        {
            Interlocked.Add(ref _posted, -message.Length);
            Interlocked.CompareExchange(ref _overflowed, message, null);
            Overflow();
        }
        else
        {
            shard.Post(this, step, message);
        }
    }

    private void List(List<ConnectionWriter> unsent)
    {
        if (!_isListed && _sending == 0)
        {
            _isListed = true;
            unsent.Add(this);
        }
    }

    private void Append(OutboundMessage message)
    {
        // Once one was too much, nothing follows it, however small: the client would see a gap.
        if (_isFull || _isGone || Volatile.Read(ref _overflows) > 0)
        {
            return;
        }

        _queued += message.Length;
        _waiting.Add(message);
    }

    private void EndHold(OutboundMessage first)
    {
        var held = _waiting.Release();
        _isConnected = true;
        Append(first);
        foreach (var message in held ?? [])
        {
            _waiting.Add(message); // counted when it was held back
        }
    }

    private void BeginClose()
    {
        _isFull = true;
        _isClosing = true;
        DropHeld();
        if (!_end!.Flush)
        {
            Drop();
            _queued = _sending;
        }
    }

    private void Drop()
    {
        if (_dropped is null && (!_waiting.IsEmpty || _overflowed is not null))
        {
            _dropped = _waiting.CountByChannel(_overflowed);
        }

        _waiting.Clear();
    }

    private void DropHeld()
    {
        foreach (var message in _waiting.Release() ?? [])
        {
            _queued -= message.Length;
        }
    }

    /// <summary>Takes the next messages as one frame. False when there is none.</summary>
    private bool TryTakeFrame(out ReadOnlyMemory<byte> frame, out byte[]? rented, out int bytes)
    {
        var join = new MessageJoin(codec, _isConnected && transport.SendsDeflatedFrames);
        bytes = 0;
        while (_waiting.Next is { } message && join.TryAdd(message))
        {
            bytes += message.Length;
            _traced = message.Writes;
            _waiting.Advance();
        }

        frame = join.Finish(transport.SendsWebSocketFrames, out rented);
        return bytes > 0;
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            return transport.SendAsync(frame);
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    private async Task FinishAsync(ValueTask sending, byte[]? rented)
    {
        try
        {
            await sending;
        }
        catch (Exception)
        {
            Fail(); // whatever the transport threw, this client can no longer be written to; the reader logs the end
        }
        finally
        {
            Return(rented);
        }

        shard.Post(this, WriterStep.Sent);
    }

    private void Fail()
    {
        if (!_isGone)
        {
            Stop();
            owner.WriteFailed();
        }
    }

    private async Task CloseTransportAsync(End end)
    {
        try
        {
            await transport.CloseAsync(end.Code, end.Reason);
        }
        catch (Exception)
        {
            // It is over either way: the connection's last deadline ends what is left of the transport.
        }
    }

    private void Sent(int bytes)
    {
        _traced?.Written(transport.Name);
        _traced = null;
        var hadRoom = HasRoom;
        _queued -= bytes;
        if (!hadRoom)
        {
            Interlocked.MemoryBarrier(); // whoever waits from here on sees the bytes gone, or is seen
            if (HasRoom)
            {
                ReleaseWaiter();
            }
        }
    }

    private void ReleaseWaiter() => Interlocked.Exchange(ref _drained, null)?.TrySetResult();

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private sealed record End(int Code, string Reason, bool Flush);
}
