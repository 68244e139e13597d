using System.Buffers;
using WsCluster.Client.Protocol;
using WsCluster.Client.Transports;

namespace WsCluster.Client.Connections;

/// <summary>
/// One open transport: commands out, replies to whoever sent the command, everything else to <paramref name="onPush"/>. All of it
/// happens on the client's loop; replies and pushes are handled in the order in which they came.
/// </summary>
internal sealed class Connection(ITransport transport, ICodec codec, ClientOptions options, ClientLoop loop, Action<Reply> onPush)
{
    /// <summary>A server takes 64 KiB in one message by default; commands join into frames up to this.</summary>
    private const int JoinedFrameBytes = 32 * 1024;

    private readonly Dictionary<uint, PendingCommand> _pending = [];
    private readonly Queue<ArrayBufferWriter<byte>> _frames = new(); // to be sent before the one that still grows
    private ArrayBufferWriter<byte> _growing = new(512);
    private readonly TaskCompletionSource<ConnectionEnd> _ended = new();
    private readonly TimeProvider _time = options.TimeProvider;
    private uint _lastId;
    private bool _sending;
    private ConnectionEnd? _end;

    /// <summary>Completes when it is over.</summary>
    public Task<ConnectionEnd> Ended => _ended.Task;

    /// <summary>Commands that wait for their answer.</summary>
    public int PendingCommands => _pending.Count;

    /// <summary>When something last came.</summary>
    public long LastReceived { get; private set; } = options.TimeProvider.GetTimestamp();

    /// <summary>Takes messages until the end.</summary>
    public async Task ReceiveAsync()
    {
        var message = new ArrayBufferWriter<byte>(4096);
        var replies = new List<Reply>();
        while (_end is null)
        {
            try
            {
                message.ResetWrittenCount();
                if (await transport.ReceiveAsync(message, CancellationToken.None) is { } end)
                {
                    Close(end);
                    return;
                }
            }
            catch (Exception)
            {
                Close(ConnectionEnd.TransportClosed); // nothing when it was closed here, and the transport disposed
                return;
            }

            LastReceived = _time.GetTimestamp();
            replies.Clear();
            try
            {
                codec.Read(message.WrittenSpan, replies);
            }
            catch (Exception)
            {
                Close(ConnectionEnd.BadProtocol);
                return;
            }

            foreach (var reply in replies)
            {
                Handle(reply);
            }
        }
    }

    /// <summary>
    /// Sends a command. One of the two callbacks follows on the loop: with the server's answer, which may be an error, or with
    /// <see cref="ClientErrorCode.Timeout"/> or <see cref="ClientErrorCode.TransportClosed"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Not sent: its data cannot be encoded.</exception>
    public void Send(Command command, Action<Reply> onReply, Action<WsClusterClientException> onFailure)
    {
        if (_end is not null)
        {
            onFailure(Lost());
            return;
        }

        var id = ++_lastId;
        Append(command with { Id = id });
        var timeout = new LoopTimer(loop, _time, () => TimedOut(id));
        _pending.Add(id, new PendingCommand(onReply, onFailure, timeout));
        timeout.Start(options.CommandTimeout);
    }

    /// <summary>Sends a command that gets no answer.</summary>
    public void Post(Command command)
    {
        if (_end is null)
        {
            Append(command);
        }
    }

    /// <summary>Ends it. The first end counts; commands under way fail.</summary>
    public void Close(ConnectionEnd end)
    {
        if (_end is not null)
        {
            return;
        }

        _end = end;
        foreach (var command in _pending.Values.ToArray())
        {
            command.Timeout.Stop();
            command.OnFailure(Lost());
        }

        _pending.Clear();
        _ended.SetResult(end);
    }

    private void Handle(Reply reply)
    {
        if (_end is not null)
        {
            return;
        }

        if (reply.Id == 0)
        {
            onPush(reply);
        }
        else if (_pending.Remove(reply.Id, out var command))
        {
            command.Timeout.Stop();
            command.OnReply(reply);
        }
    }

    private void TimedOut(uint id)
    {
        if (_pending.Remove(id, out var command))
        {
            command.OnFailure(new WsClusterClientException(ClientErrorCode.Timeout, "no answer in time", isTemporary: true));
        }
    }

    private void Append(Command command)
    {
        if (_growing.WrittenCount > JoinedFrameBytes)
        {
            _frames.Enqueue(_growing);
            _growing = new ArrayBufferWriter<byte>(512);
        }

        codec.Append(_growing, command);
        if (!_sending)
        {
            _sending = true;
            _ = SendAsync();
        }
    }

    private async Task SendAsync()
    {
        await Task.Yield(); // what else is to be sent right now joins
        try
        {
            while (_end is null && (_frames.Count > 0 || _growing.WrittenCount > 0))
            {
                if (!_frames.TryDequeue(out var frame))
                {
                    (frame, _growing) = (_growing, new ArrayBufferWriter<byte>(512));
                }

                await transport.SendAsync(frame.WrittenMemory, CancellationToken.None);
            }
        }
        catch (Exception)
        {
            Close(ConnectionEnd.TransportClosed);
        }
        finally
        {
            _sending = false;
        }
    }

    private static WsClusterClientException Lost() =>
        new(ClientErrorCode.TransportClosed, "connection lost before the answer", isTemporary: true);

    private sealed record PendingCommand(Action<Reply> OnReply, Action<WsClusterClientException> OnFailure, LoopTimer Timeout);
}
