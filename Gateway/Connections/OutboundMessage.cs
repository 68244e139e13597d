using System.Buffers.Binary;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Transports.Deflate;

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
    private const byte Ping = 0x9;
    private const byte Pong = 0xA;
    private const int ControlBytes = 128; // at most 127 of its own, or 2 and objects: a client that pings and reads nothing has no more for its bytes

    private readonly byte[] _bytes;
    private readonly int _payloadStart;
    private byte[]? _deflated; // the frame with its payload compressed, once somebody wanted it; the frame itself if that is no shorter

    private OutboundMessage(byte[] bytes, int payloadStart)
    {
        _bytes = bytes;
        _payloadStart = payloadStart;
    }

    /// <summary>The channel whose publication it is; null for everything else.</summary>
    public string? Channel { get; set; }

    /// <summary>How many of the channel's publications it carries.</summary>
    public int Publications { get; set; } = 1;

    /// <summary>Where to tell that it was written; null for all that are not traced.</summary>
    public TracedWrites? Writes { get; set; }

    /// <summary>The message alone, for transports that frame it themselves.</summary>
    public ReadOnlyMemory<byte> Payload => _bytes.AsMemory(_payloadStart);

    /// <summary>The complete WebSocket frame.</summary>
    public ReadOnlyMemory<byte> Frame => _bytes;

    /// <summary>
    /// The complete WebSocket frame with its payload compressed, or as it is where that is shorter. It is made once, for all
    /// connections that get the message. Safe from any thread.
    /// </summary>
    public ReadOnlyMemory<byte> DeflatedFrame
    {
        get
        {
            if (Volatile.Read(ref _deflated) is { } ready)
            {
                return ready;
            }

            lock (_bytes)
            {
                return _deflated ??= Deflate();
            }
        }
    }

    /// <summary>True when it is long enough that compressing it is worth the while.</summary>
    public bool IsWorthDeflating => !IsControl && Length >= MessageDeflater.MinBytes;

    /// <summary>True for a control frame, which stands for itself and is nothing without its header.</summary>
    public bool IsControl => _payloadStart == 0;

    /// <summary>True when it shares no frame with others: a control frame, and what is traced, so that its write can be told.</summary>
    public bool StandsAlone => IsControl || Writes is not null;

    /// <summary>The message's bytes, which count against a connection's limit; a control frame counts for what it holds in memory.</summary>
    public int Length => IsControl ? ControlBytes : _bytes.Length - _payloadStart;

    /// <summary>Frames an encoded message: text for JSON, binary for Protobuf.</summary>
    public static OutboundMessage Create(ReadOnlySpan<byte> payload, ProtocolKind protocol)
    {
        var header = HeaderLength(payload.Length);
        var bytes = GC.AllocateUninitializedArray<byte>(header + payload.Length);
        WriteHeader(bytes.AsSpan(0, header), protocol, payload.Length);
        payload.CopyTo(bytes.AsSpan(header));
        return new OutboundMessage(bytes, header);
    }

    /// <summary>A WebSocket ping, the same for everybody (RFC 6455 §5.5.2).</summary>
    public static OutboundMessage PingFrame { get; } = new([Final | Ping, 0], 0);

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

    /// <summary>The bytes of the header of a frame with so much payload (RFC 6455 §5.2).</summary>
    public static int HeaderLength(int payload) => payload switch
    {
        < 126 => 2,
        <= ushort.MaxValue => 4,
        _ => 10,
    };

    /// <summary>Writes the header of an unfragmented frame into exactly as many bytes as it needs; into none, nothing.</summary>
    public static void WriteHeader(Span<byte> header, ProtocolKind protocol, int payload) =>
        WriteHeader(header, (byte)(Final | (protocol == ProtocolKind.Json ? Text : Binary)), payload);

    private byte[] Deflate()
    {
        if (!MessageDeflater.TryDeflate(Payload.Span, out var deflated))
        {
            return _bytes;
        }

        var header = HeaderLength(deflated.Length);
        var frame = GC.AllocateUninitializedArray<byte>(header + deflated.Length);
        WriteHeader(frame.AsSpan(0, header), (byte)(_bytes[0] | MessageDeflater.Rsv1), deflated.Length);
        deflated.CopyTo(frame.AsSpan(header));
        return frame;
    }

    private static void WriteHeader(Span<byte> header, byte first, int payload)
    {
        if (header.IsEmpty)
        {
            return;
        }

        header[0] = first;
        switch (header.Length)
        {
            case 2:
                header[1] = (byte)payload;
                break;
            case 4:
                header[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload);
                break;
            default:
                header[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)payload);
                break;
        }
    }
}
