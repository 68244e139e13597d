using System.Buffers;
using System.Buffers.Binary;

namespace WsCluster.Load;

/// <summary>The opcodes of RFC 6455.</summary>
internal enum FrameKind
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>WebSocket frames as bytes.</summary>
internal static class Frame
{
    private const int FinalBit = 0x80;
    private const int MaskedBit = 0x80;

    /// <summary>Reads a server's frame. A message in pieces is refused: no server measured so far sends any.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameKind kind, out ReadOnlySpan<byte> payload, out int length)
    {
        kind = default;
        payload = default;
        length = 0;
        if (bytes.Length < 2)
        {
            return false;
        }

        var header = (bytes[1] & 0x7f) switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header)
        {
            return false;
        }

        var size = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => checked((int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            _ => bytes[1] & 0x7f,
        };
        kind = (FrameKind)(bytes[0] & 0x0f);
        if ((bytes[0] & FinalBit) == 0 || kind == FrameKind.Continuation || (bytes[1] & MaskedBit) != 0)
        {
            throw new LoadException("The server sent a message in pieces or a masked frame, which this program does not read.");
        }

        if (bytes.Length - header < size)
        {
            return false;
        }

        payload = bytes.Slice(header, size);
        length = header + size;
        return true;
    }

    /// <summary>
    /// Writes a client's frame. Its mask is zero, which leaves the payload as it is: masking guards against scripts in
    /// browsers and would only cost time here.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, FrameKind kind, ReadOnlySpan<byte> payload)
    {
        var size = payload.Length;
        var header = size switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        var span = output.GetSpan(header + 4 + size);
        span[0] = (byte)(FinalBit | (int)kind);
        switch (header)
        {
            case 2:
                span[1] = (byte)(MaskedBit | size);
                break;
            case 4:
                span[1] = MaskedBit | 126;
                BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)size);
                break;
            default:
                span[1] = MaskedBit | 127;
                BinaryPrimitives.WriteUInt64BigEndian(span[2..], (ulong)size);
                break;
        }

        span.Slice(header, 4).Clear();
        payload.CopyTo(span[(header + 4)..]);
        output.Advance(header + 4 + size);
    }

    public static byte[] Of(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, kind, payload);
        return output.WrittenSpan.ToArray();
    }
}
