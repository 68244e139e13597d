using System.Text;
using WsCluster.Gateway.Transports.Sockets;

namespace WsCluster.Tests.Unit.Transports;

/// <summary>What a frame reader finds in bytes that come in pieces, as text.</summary>
internal static class FrameEvents
{
    /// <summary>Reads bytes that come <paramref name="chunk"/> by chunk, up to the end of the connection.</summary>
    public static List<string> Of(FrameReader reader, byte[] bytes, int chunk) => Of(reader, bytes, () => chunk);

    /// <summary>Reads bytes that come in pieces of whatever size.</summary>
    public static List<string> Of(FrameReader reader, byte[] bytes, Func<int> chunk)
    {
        var events = new List<string>();
        for (var start = 0; start < bytes.Length;)
        {
            var part = bytes.AsSpan(start, Math.Min(chunk(), bytes.Length - start));
            var room = reader.GetRoom().Span;
            part = part[..Math.Min(part.Length, room.Length)];
            part.CopyTo(room);
            reader.Received(part.Length);
            start += part.Length;
            while (reader.Next() is var next and not FrameEvent.None)
            {
                events.Add(next is FrameEvent.Message or FrameEvent.Ping or FrameEvent.Pong
                    ? $"{next} {Encoding.UTF8.GetString(reader.Payload.Span)}"
                    : $"{next} {reader.Code}");
                if (next is FrameEvent.Close or FrameEvent.Error)
                {
                    return events;
                }
            }

            if (reader.IsIdle)
            {
                reader.Release();
            }
        }

        return events;
    }
}
