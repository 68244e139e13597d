using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using WsCluster.Gateway.Transports.Deflate;

namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>
/// Reads a client's frames (RFC 6455 §5) out of the bytes as they come: masks, fragments, control frames in between, UTF-8 as early
/// as it can be judged. A message gathers at the front of one pooled buffer, what follows it lies behind; a connection that
/// waits for its next message holds no buffer at all.
/// </summary>
/// <param name="maxMessageBytes">The most bytes of a message, of a compressed one those that it inflates to.</param>
/// <param name="inflates">Whether permessage-deflate was agreed (RFC 7692): messages may be compressed, each on its own.</param>
internal sealed class FrameReader(int maxMessageBytes, bool inflates = false)
{
    private const int ProtocolError = 1002;
    private const int InvalidPayload = MessageInflater.InvalidPayload;
    private const int MessageTooBig = MessageInflater.MessageTooBig;
    private const int FirstBufferBytes = 4 * 1024;
    private const int MaxControlBytes = 125;
    private const int MaskBytes = 4;
    private const byte OtherReservedBits = 0x30;

    private const byte Continuation = 0x0;
    private const byte Text = 0x1;
    private const byte Binary = 0x2;
    private const byte CloseFrame = 0x8;
    private const byte PingFrame = 0x9;
    private const byte PongFrame = 0xA;

    private byte[]? _buffer;
    private MessageInflater? _inflater; // of the message, if it is compressed; then nothing gathers at the front
    private int _message;    // bytes of the message that have been gathered at the front
    private long _gathered;  // bytes of the message that have come, compressed or not
    private int _judged;     // of a text, those that are known to be UTF-8
    private int _next;       // bytes from here to _end have not been looked at
    private int _end;
    private long _rest;      // bytes of the current data frame that have not come yet
    private uint _mask;      // of the current data frame, turned so that it fits the next byte
    private byte _opcode;    // of the message that has begun; zero for none
    private bool _inFrame;
    private bool _isFinal;

    /// <summary>True when nothing has begun: the connection may wait without a buffer.</summary>
    public bool IsIdle => _opcode == 0 && _next == _end;

    /// <summary>The whole message, or the payload of a ping or pong; its memory is used again after the next call.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>The close code that came, or that the connection must be closed with.</summary>
    public int Code { get; private set; }

    /// <summary>Where to put the bytes that come next; at least one.</summary>
    public Memory<byte> GetRoom()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        if (_next > _message)
        {
            _buffer.AsSpan(_next, _end - _next).CopyTo(_buffer.AsSpan(_message));
            _end -= _next - _message;
            _next = _message;
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2); // a message is refused before it needs more than twice its limit
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>So many bytes were put there.</summary>
    public void Received(int count) => _end += count;

    /// <summary>Gives the buffer back; what it held is gone.</summary>
    public void Release()
    {
        DropInflater();
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _message = _next = _end = 0;
            Payload = default;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Looks at the bytes that came up to the next thing that somebody must hear of.</summary>
    public FrameEvent Next()
    {
        while (true)
        {
            if (_inFrame)
            {
                if (Gather() is var error and not 0)
                {
                    return Fail(error);
                }

                if (_rest > 0)
                {
                    return FrameEvent.None;
                }

                _inFrame = false;
                if (_isFinal)
                {
                    return EndMessage();
                }
            }

            if (ReadHead() is { } result)
            {
                return result;
            }
        }
    }

    /// <summary>
    /// Reads a frame's head, and a control frame as a whole. Null when a data frame has begun.
    /// </summary>
    private FrameEvent? ReadHead()
    {
        var bytes = _buffer.AsSpan(_next, _end - _next);
        if (bytes.Length < 2)
        {
            return FrameEvent.None;
        }

        var isFinal = (bytes[0] & 0x80) != 0;
        var opcode = (byte)(bytes[0] & 0x0F);
        var isMasked = (bytes[1] & 0x80) != 0;
        var shortLength = bytes[1] & 0x7F;
        var isCompressed = (bytes[0] & MessageDeflater.Rsv1) != 0;
        if ((bytes[0] & OtherReservedBits) != 0 || (isCompressed && !MayBeCompressed(opcode)) || !isMasked || !IsInOrder(opcode, isFinal, shortLength))
        {
            return Fail(ProtocolError);
        }

        var lengthBytes = shortLength switch { 126 => 2, 127 => 8, _ => 0 };
        var head = 2 + lengthBytes + MaskBytes;
        if (bytes.Length < head)
        {
            return FrameEvent.None;
        }

        var length = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            8 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => shortLength,
        };
        if (length < 0)
        {
            return Fail(ProtocolError);
        }

        var mask = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(head - MaskBytes)..]);
        if (opcode >= CloseFrame)
        {
            return ReadControl(opcode, head, (int)length, mask);
        }

        if (opcode != Continuation)
        {
            Begin(opcode, isCompressed);
        }

        if (length > MaxBytes - _gathered) // not the sum: a claim of 63 bits would turn it negative
        {
            return Fail(MessageTooBig);
        }

        (_next, _rest, _mask, _isFinal, _inFrame) = (_next + head, length, mask, isFinal, true);
        return null;
    }

    /// <summary>The most bytes of the message, as they come.</summary>
    private long MaxBytes => _inflater is null ? maxMessageBytes : MessageInflater.MaxCompressedBytes(maxMessageBytes);

    /// <summary>True for a frame that may have the bit: the first of a message (RFC 7692 §6).</summary>
    private bool MayBeCompressed(byte opcode) => inflates && opcode is (Text or Binary);

    private void Begin(byte opcode, bool isCompressed)
    {
        DropInflater(); // of the message before
        _opcode = opcode;
        _gathered = 0;
        _inflater = isCompressed ? new MessageInflater(maxMessageBytes) : null;
    }

    /// <summary>True for an opcode that may come here (RFC 6455 §5.4 and §5.5).</summary>
    private bool IsInOrder(byte opcode, bool isFinal, int length) => opcode switch
    {
        Text or Binary => _opcode == 0,
        Continuation => _opcode != 0,
        CloseFrame or PingFrame or PongFrame => isFinal && length <= MaxControlBytes,
        _ => false,
    };

    private FrameEvent ReadControl(byte opcode, int head, int length, uint mask)
    {
        if (_end - _next < head + length)
        {
            return FrameEvent.None;
        }

        var payload = _buffer.AsMemory(_next + head, length);
        Unmask(payload.Span, payload.Span, mask);
        _next += head + length;
        Payload = payload;
        return opcode switch
        {
            PingFrame => FrameEvent.Ping,
            PongFrame => FrameEvent.Pong,
            _ => TryReadClose(payload.Span) ? FrameEvent.Close : Fail(ProtocolError),
        };
    }

    /// <summary>Reads a close frame's payload (RFC 6455 §5.5.1 and §7.4).</summary>
    private bool TryReadClose(ReadOnlySpan<byte> payload)
    {
        const int NormalClosure = 1000;
        Code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : NormalClosure;
        return payload.Length switch
        {
            0 => true,
            1 => false,
            _ => Code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999)
                && Utf8.IsValid(payload[2..]),
        };
    }

    /// <summary>Moves what came of the current data frame to the message. The code of what is wrong with it, or zero.</summary>
    private int Gather()
    {
        var count = (int)Math.Min(_rest, _end - _next);
        var fresh = _buffer.AsMemory(_next, count);
        Unmask(fresh.Span, _inflater is null ? _buffer.AsSpan(_message, count) : fresh.Span, _mask);
        _mask = BitOperations.RotateRight(_mask, 8 * (count % MaskBytes));
        _message += _inflater is null ? count : 0;
        _gathered += count;
        _next += count;
        _rest -= count;
        var isWhole = _isFinal && _rest == 0;
        if (_inflater is { } inflater)
        {
            var code = inflater.Add(fresh);
            code = code == 0 && isWhole ? inflater.End() : code;
            if (code != 0)
            {
                return code;
            }
        }

        return _opcode != Text || Utf8Prefix.TryAdvance(Gathered.Span, isWhole, ref _judged) ? 0 : InvalidPayload;
    }

    private ReadOnlyMemory<byte> Gathered => _inflater?.Message ?? _buffer.AsMemory(0, _message);

    private FrameEvent EndMessage()
    {
        Payload = Gathered;
        _message = _judged = _opcode = 0;
        return FrameEvent.Message;
    }

    private void DropInflater()
    {
        _inflater?.Dispose();
        _inflater = null;
    }

    private FrameEvent Fail(int code)
    {
        Code = code;
        return FrameEvent.Error;
    }

    /// <summary>Takes the mask off; the target is the source, or lies before it.</summary>
    private static void Unmask(ReadOnlySpan<byte> source, Span<byte> target, uint mask)
    {
        source.CopyTo(target);
        if (mask == 0)
        {
            return;
        }

        var wide = ((ulong)mask << 32) | mask;
        var words = MemoryMarshal.Cast<byte, ulong>(target);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] ^= wide;
        }

        for (var i = words.Length * sizeof(ulong); i < target.Length; i++)
        {
            target[i] ^= (byte)(mask >> (8 * (i % MaskBytes)));
        }
    }
}
