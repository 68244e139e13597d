using System.Buffers;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Transports.Streams;

/// <summary>
/// Puts messages into a long response. In: one or more messages as a connection's writer joins them, JSON with a newline
/// between two and Protobuf each with its length. Out: what the client can cut the stream by (protocol §24).
/// </summary>
internal static class StreamFraming
{
    /// <summary>JSON messages as lines, each with its newline; Protobuf as it is.</summary>
    public static void WriteStream(IBufferWriter<byte> output, ReadOnlySpan<byte> messages, ProtocolKind protocol)
    {
        output.Write(messages);
        if (protocol == ProtocolKind.Json)
        {
            output.Write("\n"u8);
        }
    }

    /// <summary>JSON messages as events, one each: <c>data: …</c> and an empty line.</summary>
    public static void WriteEvents(IBufferWriter<byte> output, ReadOnlySpan<byte> messages)
    {
        foreach (var line in messages.Split((byte)'\n')) // JSON text here never has a newline in it (protocol §2)
        {
            output.Write("data: "u8);
            output.Write(messages[line]);
            output.Write("\n\n"u8);
        }
    }
}
