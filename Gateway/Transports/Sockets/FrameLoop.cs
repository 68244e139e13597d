using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>What the gateway does with a client's frames, whatever brings its bytes.</summary>
internal static class FrameLoop
{
    /// <summary>
    /// Reads to the client's last word, and hands each message on before it reads the next. <see cref="FrameEvent.Close"/> when the
    /// client closed, <see cref="FrameEvent.Error"/> when it broke a rule and our close frame says so, <see cref="FrameEvent.None"/>
    /// when its bytes ended without a word.
    /// </summary>
    /// <exception cref="Exception">One of those that <see cref="TransportEnd.Is"/> names: the client is gone.</exception>
    public static async Task<FrameEvent> ReadToEndAsync(
        IByteSource source, FrameReader frames, Connection connection, Func<ReadOnlyMemory<byte>, Task> process)
    {
        while (await source.TryReceiveAsync(frames))
        {
            while (frames.Next() is var next and not FrameEvent.None)
            {
                switch (next)
                {
                    case FrameEvent.Message:
                        await process(frames.Payload);
                        break;
                    case FrameEvent.Ping:
                        connection.Writer.Enqueue(OutboundMessage.CreatePong(frames.Payload.Span));
                        break;
                    case FrameEvent.Pong:
                        connection.TakePongFrame();
                        break;
                    case FrameEvent.Close:
                        connection.ClosedByPeer(frames.Code);
                        return next;
                    case FrameEvent.Error:
                        connection.Close(frames.Code, "");
                        return next;
                }
            }
        }

        return FrameEvent.None;
    }
}
