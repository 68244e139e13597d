using System.Buffers;
using System.Net.WebSockets;
using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports;

/// <summary>How reading a connection ended.</summary>
internal enum ReadEnd
{
    /// <summary>The client sent a close frame.</summary>
    PeerClosed,

    /// <summary>The client broke RFC 6455; the WebSocket has written its close frame.</summary>
    ProtocolError,

    /// <summary>The client was refused and nothing more is read from it; our close frame is on its way.</summary>
    Refused,

    /// <summary>The connection broke off.</summary>
    Gone,
}

/// <summary>
/// Reads a client's messages and hands each on before the next is read. An idle connection holds no buffer: it waits with
/// an empty one.
/// </summary>
internal sealed class WebSocketReader(WebSocket socket, int maxMessageBytes)
{
    private const int FirstBufferBytes = 4 * 1024;
    private const int MaxSkippedBytes = 4 * 1024 * 1024;

    /// <summary>Reads until the client closes, errs or goes.</summary>
    public async Task<ReadEnd> ReadAsync(Connection connection, Func<ReadOnlyMemory<byte>, Task> process)
    {
        try
        {
            while (await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } next)
            {
                if (next.EndOfMessage)
                {
                    await process(ReadOnlyMemory<byte>.Empty); // a message without content is over before it is read
                }
                else if (await ReadMessageAsync(connection, process) is { } end)
                {
                    return end;
                }
            }

            return ReadEnd.PeerClosed;
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode is not WebSocketError.ConnectionClosedPrematurely and not WebSocketError.Success)
        {
            return ReadEnd.ProtocolError;
        }
        catch (Exception e) when (IsEnd(e))
        {
            return ReadEnd.Gone; // the end of a connection without a close frame is daily life
        }
    }

    /// <summary>True for what sockets throw when their peer is gone.</summary>
    public static bool IsEnd(Exception e) =>
        e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException or InvalidOperationException
            or System.Net.Sockets.SocketException;

    /// <summary>Reads one message into a pooled buffer. Null: on to the next.</summary>
    private async Task<ReadEnd?> ReadMessageAsync(Connection connection, Func<ReadOnlyMemory<byte>, Task> process)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var length = 0;
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return ReadEnd.PeerClosed;
                }

                if (length > maxMessageBytes)
                {
                    connection.Close((int)WebSocketCloseStatus.MessageTooBig, "message too big");
                    return await SkipToCloseAsync(buffer);
                }

                if (result.EndOfMessage)
                {
                    break;
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, Math.Min(buffer.Length * 2, maxMessageBytes + 1));
                }
            }

            await process(buffer.AsMemory(0, length));
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Throws away what a refused client still sends, so that our close frame can reach it; but not for ever, since small
    /// compressed messages can be large here.
    /// </summary>
    private async Task<ReadEnd> SkipToCloseAsync(byte[] buffer)
    {
        for (var rest = MaxSkippedBytes; rest > 0;)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return ReadEnd.PeerClosed;
            }

            rest -= result.Count;
        }

        return ReadEnd.Refused;
    }

    private static byte[] Grow(byte[] buffer, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
