using System.Buffers.Binary;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// One encoded message with its WebSocket frame header before it. A server's frames are not masked, so the same bytes serve
/// every connection of a protocol (RFC 6455 §5.1): encoding, header and memory are paid once per publication.
/// </summary>
internal sealed class OutboundMessage
{
    private const byte Final = 0x80;
    private const byte Text = 0x1;
    private const byte Binary = 0x2;
    private const byte Pong = 0xA;
    private const int MaxHeader = 10;

    private readonly byte[] _bytes;
    private readonly int _payloadStart;

    private OutboundMessage(byte[] bytes, int payloadStart)
    {
        _bytes = bytes;
        _payloadStart = payloadStart;
    }

    /// <summary>The message alone, for transports that frame it themselves.</summary>
    public ReadOnlyMemory<byte> Payload => _bytes.AsMemory(_payloadStart);

    /// <summary>The complete WebSocket frame.</summary>
    public ReadOnlyMemory<byte> Frame => _bytes;

    /// <summary>The message's bytes, which count against a connection's limit.</summary>
    public int Length => _bytes.Length - _payloadStart;

    /// <summary>Frames an encoded message: text for JSON, binary for Protobuf.</summary>
    public static OutboundMessage Create(ReadOnlySpan<byte> payload, ProtocolKind protocol)
    {
        Span<byte> header = stackalloc byte[MaxHeader];
        var headerLength = WriteHeader(header, protocol == ProtocolKind.Json ? Text : Binary, payload.Length);
        var bytes = GC.AllocateUninitializedArray<byte>(headerLength + payload.Length);
        header[..headerLength].CopyTo(bytes);
        payload.CopyTo(bytes.AsSpan(headerLength));
        return new OutboundMessage(bytes, headerLength);
    }

    /// <summary>The answer to a WebSocket ping with this payload, of at most 125 bytes (RFC 6455 §5.5.3).</summary>
    public static OutboundMessage CreatePong(ReadOnlySpan<byte> payload) => new([Final | Pong, (byte)payload.Length, .. payload], 0);

    /// <summary>Encodes and frames a reply or push. False when it cannot be put into the codec's protocol.</summary>
    public static bool TryEncode(IProtocolCodec codec, Reply reply, bool deltaData, out OutboundMessage message)
    {
        if (codec.TryEncode(reply, deltaData, out var payload))
        {
            message = Create(payload, codec.Kind);
            return true;
        }

        message = Empty;
        return false;
    }

    private static OutboundMessage Empty { get; } = new([], 0);

    /// <summary>The header of an unfragmented frame (RFC 6455 §5.2).</summary>
    private static int WriteHeader(Span<byte> header, byte opcode, int length)
    {
        header[0] = (byte)(Final | opcode);
        switch (length)
        {
            case < 126:
                header[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                header[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
                return 4;
            default:
                header[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)length);
                return MaxHeader;
        }
    }
}
