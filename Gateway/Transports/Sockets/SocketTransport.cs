using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// A WebSocket connection whose socket is ours: complete frames go straight into the kernel, without pipe, copy or task,
/// as long as it takes them at once. What it does not take is sent asynchronously; the writer calls again only after that,
/// so there is never more than one send on the socket.
/// </summary>
internal sealed class SocketTransport : ITransport
{
    /// <summary>Reports no code to the client: the WebSocket has written its close frame already.</summary>
    public const int AlreadyTold = 0;

    private readonly ConnectionContext _context;
    private readonly Socket _socket;
    private readonly TimeSpan _closeTimeout;
    private readonly TaskCompletionSource _peerClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SocketTransport(ConnectionContext context, Socket socket, TimeSpan closeTimeout)
    {
        _context = context;
        _socket = socket;
        _closeTimeout = closeTimeout;
        socket.Blocking = false;
    }

    public string Name => "websocket";

    public bool SendsWebSocketFrames => true;

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        var sent = _socket.Send(frame.Span, SocketFlags.None, out var error);
        if (error == SocketError.Success)
        {
            return sent == frame.Length ? ValueTask.CompletedTask : SendRestAsync(frame[sent..]);
        }

        return error == SocketError.WouldBlock ? SendRestAsync(frame) : throw new SocketException((int)error);
    }

    public async ValueTask CloseAsync(int code, string reason)
    {
        try
        {
            if (code != AlreadyTold)
            {
                await SendAsync(CloseFrame(code, reason));
            }

            await _peerClosed.Task.WaitAsync(_closeTimeout);
        }
        catch (Exception e) when (e is TimeoutException || WebSocketReader.IsEnd(e))
        {
            // The client is gone or does not listen: nothing is left to tell it.
        }
        finally
        {
            _closed.TrySetResult();
        }
    }

    public void Abort()
    {
        _closed.TrySetResult();
        _context.Abort();
    }

    /// <summary>Reads messages until the connection is over, the closing handshake included.</summary>
    public async Task ReadAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process)
    {
        var input = _context.Transport.Input;
        using var stream = new WriterStream(input.AsStream(leaveOpen: true), connection);
        using var socket = WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var end = await new WebSocketReader(socket, maxMessageBytes).ReadAsync(connection, process);
        switch (end)
        {
            case ReadEnd.PeerClosed:
                _peerClosed.TrySetResult();
                connection.ClosedByPeer((int)(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure));
                break;
            case ReadEnd.ProtocolError:
                connection.Close(AlreadyTold, "");
                await SkipInputAsync(input);
                _peerClosed.TrySetResult();
                break;
            case ReadEnd.Refused:
                await SkipInputAsync(input);
                _peerClosed.TrySetResult();
                break;
            default:
                _peerClosed.TrySetResult();
                connection.TransportEnded();
                return;
        }

        await _closed.Task.WaitAsync(_closeTimeout * 2).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None)..];
        }
    }

    /// <summary>
    /// Takes in what a refused client still sends, for a while: closing a socket with unread input resets the connection and
    /// may destroy the close frame on its way.
    /// </summary>
    private async Task SkipInputAsync(PipeReader input)
    {
        using var limit = new CancellationTokenSource(_closeTimeout);
        try
        {
            ReadResult result;
            do
            {
                result = await input.ReadAsync(limit.Token);
                input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception e) when (WebSocketReader.IsEnd(e))
        {
            // Gone, or it goes on sending: either way it has had its time.
        }
    }

    /// <summary>A close frame (RFC 6455 §5.5.1); a code that must not be sent gives an empty one.</summary>
    private static byte[] CloseFrame(int code, string reason)
    {
        const byte finalClose = 0x88;
        if (code is < 1000 or 1004 or 1005 or 1006 or 1015)
        {
            return [finalClose, 0];
        }

        var reasonBytes = Encoding.UTF8.GetBytes(reason);
        var length = Math.Min(reasonBytes.Length, 123);
        var frame = new byte[4 + length];
        frame[0] = finalClose;
        frame[1] = (byte)(2 + length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        reasonBytes.AsSpan(0, length).CopyTo(frame.AsSpan(4));
        return frame;
    }
}
