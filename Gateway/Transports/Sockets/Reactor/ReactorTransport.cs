using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>
/// A WebSocket connection that a reactor thread reads and sends for. Commands are carried out on that thread as far as they need not
/// wait; one that waits goes on elsewhere, and the connection is not read until it is done.
/// </summary>
internal sealed class ReactorTransport(ReactorThread thread, int socket, long token, TimeSpan closeTimeout, bool deflates, DeadlineClock clock)
    : IReadableTransport, IReady, IThreadPoolWorkItem, IDeadline
{
    // A client that never pauses shares its thread with others.
    private const int MostReadsAtOnce = 16;
    private const int MostFramesAtOnce = 256;

    private readonly TaskCompletionSource _over = new();
    private FrameReader _frames = null!;
    private Connection _connection = null!;
    private Func<ReadOnlyMemory<byte>, Task> _process = null!;
    private Task? _command; // that is being carried out elsewhere
    private TaskCompletionSource? _sending; // ends when the rest is sent
    private ReadOnlyMemory<byte> _rest;
    private Exception? _failure;
    private int _ends; // one for our close frame, one for the end of what the client says
    private bool _isReadable = true;
    private bool _mustDrain = true; // what became of it before may come in no event of its own: read until nothing is there
    private bool _goesOn; // it will be its turn again: nothing is read until then, or every event would add another turn
    private bool _hasEnded; // nothing more comes
    private bool _skips;
    private bool _isClosed;
    private volatile bool _isAborted; // from any thread; all others are of the reactor thread alone

    public string Name => SocketTransport.TransportName;

    public bool SendsWebSocketFrames => true;

    public bool SendsDeflatedFrames => deflates;

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        if (_isClosed)
        {
            throw new IOException("The connection is closed.");
        }

        var sent = Send(frame.Span);
        if (sent == frame.Length)
        {
            return ValueTask.CompletedTask;
        }

        _rest = frame[sent..];
        _sending = new TaskCompletionSource(); // goes on where the rest is sent: on this thread
        return new ValueTask(_sending.Task);
    }

    public async ValueTask CloseAsync(int code, string reason)
    {
        try
        {
            await SendAsync(CloseFrame.Create(code, reason));
            EndOneSide();
        }
        catch (IOException)
        {
            // The client is gone or does not listen: nothing is left to tell it.
        }
    }

    public void Abort()
    {
        _isAborted = true;
        thread.Post(this);
    }

    /// <inheritdoc/>
    public Task ReadAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process)
    {
        _frames = new FrameReader(maxMessageBytes, deflates);
        _connection = connection;
        _process = process;
        Read();
        return _over.Task;
    }

    void IReady.OnReady(Readiness readiness)
    {
        if ((readiness & Readiness.Writable) != 0 && _sending is not null)
        {
            SendRest();
        }

        const Readiness Ends = Readiness.PeerEnded | Readiness.HungUp | Readiness.Failed;
        if ((readiness & (Readiness.Readable | Ends)) != 0)
        {
            _isReadable = true;
            _mustDrain |= (readiness & Ends) != 0;
            if (_command is null && !_goesOn)
            {
                Read();
            }
        }
    }

    void IReady.OnStop() => Close(null);

    /// <summary>A command is done, or the transport was aborted.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (_isAborted)
        {
            Close(null);
        }

        if (_command is { IsCompleted: true } done)
        {
            _command = null;
            if (_isClosed)
            {
                End();
            }
            else if (done.IsCompletedSuccessfully)
            {
                Read();
            }
            else
            {
                Close(done.Exception?.InnerException ?? new OperationCanceledException());
            }
        }
    }

    DateTimeOffset? IDeadline.OnDeadline(DateTimeOffset now)
    {
        Abort();
        return null;
    }

    private void Read()
    {
        try
        {
            var frames = MostFramesAtOnce;
            for (var reads = 0; _skips || HandleFrames(ref frames); reads++)
            {
                if (_isClosed)
                {
                    return;
                }

                if (!_isReadable)
                {
                    if (_frames.IsIdle)
                    {
                        _frames.Release();
                    }

                    return;
                }

                if (reads == MostReadsAtOnce)
                {
                    GoOnLater();
                    return;
                }

                Receive();
            }
        }
        catch (Exception e)
        {
            Close(e);
        }
    }

    /// <summary>Takes another turn, behind what the thread has to do for others and behind its next round.</summary>
    private void GoOnLater()
    {
        _goesOn = true;
        thread.Post(new Turn(this));
    }

    private void GoOn()
    {
        _goesOn = false;
        if (_hasEnded)
        {
            Close(null);
        }
        else if (_command is null && !_isClosed)
        {
            Read();
        }
    }

    /// <summary>False when a command takes its time, or the turn is over: reading goes on later.</summary>
    private bool HandleFrames(ref int most)
    {
        while (!_isClosed && !_skips)
        {
            if (most-- == 0)
            {
                GoOnLater();
                return false;
            }

            switch (_frames.Next())
            {
                case FrameEvent.Message:
                    var command = _process(_frames.Payload);
                    if (!command.IsCompletedSuccessfully)
                    {
                        _command = command;
                        command.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => thread.Post(this));
                        return false;
                    }

                    continue;
                case FrameEvent.Ping:
                    _connection.Writer.Enqueue(OutboundMessage.CreatePong(_frames.Payload.Span));
                    continue;
                case FrameEvent.Pong:
                    _connection.TakePongFrame();
                    continue;
                case FrameEvent.Close:
                    _connection.ClosedByPeer(_frames.Code);
                    Skip();
                    break;
                case FrameEvent.Error:
                    _connection.Close(_frames.Code, "");
                    Skip();
                    break;
            }

            break;
        }

        return true;
    }

    private void Receive()
    {
        var room = _skips ? thread.Scratch : _frames.GetRoom().Span;
        var count = Libc.Receive(socket, room);
        if (count > 0)
        {
            _isReadable = count == room.Length || _mustDrain; // less: it is empty until the next event
            if (!_skips)
            {
                _frames.Received(count);
            }
        }
        else if (count < 0 && Libc.LastError is Libc.WouldBlock or Libc.Interrupted)
        {
            _isReadable = Libc.LastError == Libc.Interrupted;
            _mustDrain &= _isReadable;
        }
        else if (count == 0)
        {
            _isReadable = false;
            _hasEnded = true; // daily life, without a close frame too; who has ended its side alone gets what the coming round sends
            GoOnLater();
        }
        else
        {
            Close(null);
        }
    }

    /// <summary>
    /// Takes in what the client still sends, for a while: closing a socket with unread input resets the connection and may
    /// destroy the close frame on its way.
    /// </summary>
    private void Skip()
    {
        _skips = true;
        _frames.Release();
        clock.Schedule(this, clock.Now + closeTimeout);
        EndOneSide();
    }

    /// <summary>When both sides have said their last, the client is told that nothing follows: it may leave.</summary>
    private void EndOneSide()
    {
        if (++_ends == 2 && !_isClosed)
        {
            Libc.ShutDownSending(socket);
        }
    }

    /// <summary>How many bytes the operating system takes at once.</summary>
    private int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = Libc.Send(socket, bytes);
        return sent >= 0 ? sent
            : Libc.LastError is Libc.WouldBlock or Libc.Interrupted ? 0
            : throw new IOException($"send failed with error {Libc.LastError}.");
    }

    private void SendRest()
    {
        try
        {
            _rest = _rest[Send(_rest.Span)..];
            if (_rest.IsEmpty)
            {
                EndSending()?.SetResult();
            }
        }
        catch (IOException e)
        {
            EndSending()?.SetException(e);
        }
    }

    private TaskCompletionSource? EndSending()
    {
        var sending = _sending;
        _sending = null;
        _rest = default;
        return sending;
    }

    private void Close(Exception? failure)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _failure = failure;
        thread.Close(socket, token);
        EndSending()?.SetException(new IOException("The connection is closed."));
        if (_command is null)
        {
            End(); // else its message is still in use
        }
    }

    private void End()
    {
        _frames.Release();
        if (_failure is null)
        {
            _over.SetResult();
        }
        else
        {
            _over.SetException(_failure);
        }
    }

    private sealed class Turn(ReactorTransport transport) : IThreadPoolWorkItem
    {
        public void Execute() => transport.GoOn();
    }
}
