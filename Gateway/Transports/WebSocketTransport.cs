using System.Buffers;
using System.Net.WebSockets;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Transports;

/// <summary>Frames as WebSocket messages: text for JSON, binary for Protobuf (protocol §1.1 and §6, "Closing").</summary>
internal sealed class WebSocketTransport(WebSocket socket, ProtocolKind protocol, TimeSpan closeTimeout) : ITransport
{
    private const int FirstBufferBytes = 4 * 1024;

    private readonly WebSocketMessageType _type =
        protocol == ProtocolKind.Json ? WebSocketMessageType.Text : WebSocketMessageType.Binary;

    private readonly TaskCompletionSource _peerClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "websocket";

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame) =>
        socket.SendAsync(frame, _type, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);

    public async ValueTask CloseAsync(int code, string reason)
    {
        try
        {
            // A client that reads nothing would hold the close frame back as well, so the time limit covers both.
            using var limit = new CancellationTokenSource(closeTimeout);
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, limit.Token);
            await _peerClosed.Task.WaitAsync(limit.Token);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The client is gone or does not listen: nothing is left to tell it.
        }

        socket.Abort();
    }

    public void Abort() => socket.Abort();

    /// <summary>
    /// Reads messages until the client closes or goes, and hands each to <paramref name="process"/> before the next is read.
    /// An idle connection holds no buffer: it waits with an empty one.
    /// </summary>
    public async Task ReadAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process)
    {
        try
        {
            while (await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } next)
            {
                if (next.EndOfMessage)
                {
                    await process(ReadOnlyMemory<byte>.Empty); // a message without content is over before it is read
                }
                else if (!await ReadMessageAsync(connection, maxMessageBytes, process))
                {
                    break;
                }
            }

            if (socket.State == WebSocketState.CloseReceived)
            {
                using var limit = new CancellationTokenSource(closeTimeout);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The end of a connection without a close frame is daily life.
        }
        finally
        {
            _peerClosed.TrySetResult();
        }
    }

    /// <summary>Reads one message into a pooled buffer. False when the client closed.</summary>
    private async Task<bool> ReadMessageAsync(Connection connection, int maxMessageBytes, Func<ReadOnlyMemory<byte>, Task> process)
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
                    return false;
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
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Throws away what a refused client still sends, so that our close frame can reach it.</summary>
    private async Task<bool> SkipToCloseAsync(byte[] buffer)
    {
        while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
        {
        }

        return false;
    }

    private static byte[] Grow(byte[] buffer, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static bool IsEnd(Exception e) =>
        e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException or InvalidOperationException;
}
