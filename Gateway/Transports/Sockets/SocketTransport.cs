using System.Buffers;
using System.Net.Sockets;
using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// A WebSocket connection whose socket is ours: complete frames go straight into the kernel, without pipe, copy or task,
/// as long as it takes them at once. What it does not take is sent asynchronously; the writer calls again only after that,
/// so there is never more than one send on the socket. While nothing comes, it waits without a buffer.
/// </summary>
internal sealed class SocketTransport : IReadableTransport, IByteSource
{
    /// <summary>The transport's name.</summary>
    public const string TransportName = "websocket";

    private const int SkipBufferBytes = 4 * 1024;

    private readonly Socket _socket;
    private readonly TimeSpan _closeTimeout;
    private readonly bool _deflates;
    private int _ends; // one for our close frame, one for the end of what the client says

    /// <summary>Takes a connected socket in non-blocking mode; <paramref name="deflates"/>: compression was agreed.</summary>
    public SocketTransport(Socket socket, TimeSpan closeTimeout, bool deflates)
    {
        _deflates = deflates;
        _socket = socket;
        _closeTimeout = closeTimeout;
    }

    public string Name => TransportName;

    public bool SendsWebSocketFrames => true;

    public bool SendsDeflatedFrames => _deflates;

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
            await SendAsync(CloseFrame.Create(code, reason));
            EndOneSide();
        }
        catch (Exception e) when (TransportEnd.Is(e))
        {
            // The client is gone or does not listen: nothing is left to tell it.
        }
    }

    public void Abort() => _socket.Dispose();

    /// <summary>Reads messages until the connection is over, the closing handshake included.</summary>
    public async Task ReadAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process)
    {
        using var socket = _socket;
        var frames = new FrameReader(maxMessageBytes, _deflates);
        try
        {
            if (await FrameLoop.ReadToEndAsync(this, frames, connection, process) != FrameEvent.None)
            {
                EndOneSide();
                await SkipAsync();
            }
        }
        catch (Exception e) when (TransportEnd.Is(e))
        {
            // The end of a connection without a close frame is daily life.
        }
        finally
        {
            frames.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryReceiveAsync(FrameReader frames)
    {
        while (true)
        {
            if (frames.IsIdle)
            {
                frames.Release();
            }

            await _socket.ReceiveAsync(Memory<byte>.Empty);
            var count = _socket.Receive(frames.GetRoom().Span, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                frames.Received(count);
                return count > 0;
            }

            if (error != SocketError.WouldBlock)
            {
                return false;
            }
        }
    }

    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None)..];
        }
    }

    /// <summary>When both sides have said their last, the client is told that nothing follows: it may leave.</summary>
    private void EndOneSide()
    {
        if (Interlocked.Increment(ref _ends) == 2)
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
    }

    /// <summary>
    /// Takes in what the client still sends, for a while: closing a socket with unread input resets the connection and may
    /// destroy the close frame on its way.
    /// </summary>
    private async Task SkipAsync()
    {
        using var limit = new CancellationTokenSource(_closeTimeout);
        var buffer = ArrayPool<byte>.Shared.Rent(SkipBufferBytes);
        try
        {
            while (await _socket.ReceiveAsync(buffer, limit.Token) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
