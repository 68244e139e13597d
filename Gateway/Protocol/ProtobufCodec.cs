using Google.Protobuf;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Protobuf messages, each with its length before it (protocol §2).</summary>
internal sealed class ProtobufCodec : IProtocolCodec
{
    private const int MaxLengthBytes = 5; // enough for any int

    // Fields this server does not know are dropped rather than kept for a round trip that never happens. The parser
    // itself refuses messages nested deeper than 100.
    private static readonly MessageParser<Command> Parser = Command.Parser.WithDiscardUnknownFields(true);

    /// <inheritdoc/>
    public ProtocolKind Kind => ProtocolKind.Protobuf;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Separator => default;

    /// <inheritdoc/>
    public CommandReadStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command, int maxJsonDepth = JsonInput.DefaultMaxDepth)
    {
        command = null;
        if (frame.IsEmpty)
        {
            return CommandReadStatus.End;
        }

        if (!TryReadLength(frame.Span, out var length, out var prefix) || length > frame.Length - prefix)
        {
            return CommandReadStatus.Malformed;
        }

        try
        {
            command = Parser.ParseFrom(frame.Span.Slice(prefix, length));
        }
        catch (InvalidProtocolBufferException)
        {
            return CommandReadStatus.Malformed;
        }

        frame = frame[(prefix + length)..];
        return CommandReadStatus.Command;
    }

    /// <inheritdoc/>
    public bool TryEncode(Reply reply, bool deltaData, out byte[] message)
    {
        message = Delimit(reply);
        return true;
    }

    /// <summary>A message with its length before it.</summary>
    public static byte[] Delimit(IMessage message)
    {
        var length = message.CalculateSize();
        var prefix = CodedOutputStream.ComputeLengthSize(length);
        var bytes = new byte[prefix + length];

        var rest = (uint)length;
        for (var i = 0; i < prefix; i++, rest >>= 7)
        {
            bytes[i] = (byte)(i == prefix - 1 ? rest : rest | 0x80);
        }

        message.WriteTo(bytes.AsSpan(prefix));
        return bytes;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> frame, out int length, out int prefix)
    {
        ulong value = 0;
        for (var i = 0; i < Math.Min(frame.Length, MaxLengthBytes); i++)
        {
            value |= (ulong)(frame[i] & 0x7F) << (7 * i);
            if (frame[i] < 0x80)
            {
                length = (int)value;
                prefix = i + 1;
                return value <= int.MaxValue;
            }
        }

        length = 0;
        prefix = 0;
        return false;
    }
}
