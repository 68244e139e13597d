using System.Buffers;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Connections;

/// <summary>
/// Joins messages into one WebSocket frame (protocol §2): fewer bytes, and the client has one frame to read instead of many. A
/// lone message stays as it is, without a copy.
/// </summary>
/// <param name="codec">The connections' protocol.</param>
/// <param name="deflates">
/// Whether they get compressed messages: then one that is worth it shares no frame, so that all of them get the same compressed
/// bytes.
/// </param>
internal struct MessageJoin(IProtocolCodec codec, bool deflates = false)
{
    /// <summary>A frame is filled up to this size: large enough to save system calls, small enough to pool.</summary>
    private const int MaxBytes = 16 * 1024;

    /// <summary>The longest header of such a frame; the messages begin behind it.</summary>
    private const int Header = 4;

    private OutboundMessage? _first;
    private byte[]? _buffer;
    private int _end;
    private int _publications;

    /// <summary>Adds a message behind the others. False when it must be sent on its own.</summary>
    public bool TryAdd(OutboundMessage message)
    {
        if (_first is null)
        {
            _first = message;
            _publications = message.Publications;
            _end = Header + message.Length;
            return true;
        }

        var separator = codec.Separator;
        if (StandsAlone(_first) || StandsAlone(message) || _end + separator.Length + message.Length > MaxBytes)
        {
            return false;
        }

        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(MaxBytes);
            _first.Payload.Span.CopyTo(_buffer.AsSpan(Header));
        }

        separator.CopyTo(_buffer.AsSpan(_end));
        message.Payload.Span.CopyTo(_buffer.AsSpan(_end + separator.Length));
        _end += separator.Length + message.Length;
        _publications += message.Publications;
        return true;
    }

    /// <summary>
    /// What was added, as a frame or without one; empty for nothing. It may lie in a rented buffer, which the caller returns.
    /// </summary>
    public readonly ReadOnlyMemory<byte> Finish(bool asFrame, out byte[]? rented)
    {
        rented = _buffer;
        if (_buffer is null)
        {
            return _first is null ? default : !asFrame ? _first.Payload : IsDeflated(_first) ? _first.DeflatedFrame : _first.Frame;
        }

        var length = _end - Header;
        var header = asFrame ? OutboundMessage.HeaderLength(length) : 0;
        OutboundMessage.WriteHeader(_buffer.AsSpan(Header - header, header), codec.Kind, length);
        return _buffer.AsMemory(Header - header, header + length);
    }

    /// <summary>What was added, publications of one channel, as one message for many connections.</summary>
    public readonly OutboundMessage ToMessage()
    {
        if (_buffer is null)
        {
            return _first!;
        }

        var message = OutboundMessage.Create(_buffer.AsSpan(Header, _end - Header), codec.Kind);
        message.Channel = _first!.Channel;
        message.Publications = _publications;
        ArrayPool<byte>.Shared.Return(_buffer);
        return message;
    }

    private readonly bool IsDeflated(OutboundMessage message) => deflates && message.IsWorthDeflating;

    private readonly bool StandsAlone(OutboundMessage message) => message.StandsAlone || IsDeflated(message);
}
