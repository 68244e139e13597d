using System.Buffers;
using System.IO.Compression;

namespace WsCluster.Gateway.Transports.Deflate;

/// <summary>
/// Inflates one message as its bytes come, and stops at the first byte that is too much: what is small on the wire never becomes
/// large here. What it holds, some 50 KB, it holds until the message is whole.
/// </summary>
internal sealed class MessageInflater(int maxMessageBytes) : IDisposable
{
    /// <summary>The close code for bytes that do not inflate.</summary>
    public const int InvalidPayload = 1007;

    /// <summary>The close code for a message that inflates to too much.</summary>
    public const int MessageTooBig = 1009;

    private const int FirstBufferBytes = 4 * 1024;
    private const byte ProbeByte = 0x2A;

    private static readonly byte[] Marker = [0x00, 0x00, 0xFF, 0xFF]; // the sender cut it off (RFC 7692 §7.2.1)
    private static readonly byte[] Probe = [0x01, 0x01, 0x00, 0xFE, 0xFF, ProbeByte]; // a last block that stores one byte

    private readonly Feed _feed = new();
    private DeflateStream? _inflate;
    private byte[] _message = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int _length;

    /// <summary>The most that a message may have when it is compressed: what cannot be compressed gets a little longer.</summary>
    public static int MaxCompressedBytes(int maxMessageBytes) => maxMessageBytes + (maxMessageBytes >> 10) + 64;

    /// <summary>What the bytes inflated to so far.</summary>
    public ReadOnlyMemory<byte> Message => _message.AsMemory(0, _length);

    /// <summary>Takes the next bytes. The code to close with, or zero.</summary>
    public int Add(ReadOnlyMemory<byte> compressed)
    {
        _inflate ??= new DeflateStream(_feed, CompressionMode.Decompress);
        _feed.Rest = compressed;
        try
        {
            while (true)
            {
                if (_length == _message.Length)
                {
                    Grow();
                }

                var count = _inflate.Read(_message.AsSpan(_length));
                _length += count;
                if (_length > maxMessageBytes)
                {
                    return MessageTooBig;
                }

                if (count == 0)
                {
                    return 0;
                }
            }
        }
        catch (InvalidDataException)
        {
            return InvalidPayload;
        }
    }

    /// <summary>No more bytes come. The code to close with, or zero: the message is whole.</summary>
    public int End()
    {
        var code = Add(Marker);
        if (code == 0 && !IsBetweenBlocks())
        {
            code = InvalidPayload;
        }

        Stop();
        return code;
    }

    public void Dispose()
    {
        Stop();
        if (_message.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_message);
            (_message, _length) = ([], 0);
        }
    }

    /// <summary>
    /// True when the last block has ended: then one more comes out as it is. A block that says to be the last one (RFC 7692
    /// §7.2.3.4) ends the message too, and nothing more is asked for.
    /// </summary>
    private bool IsBetweenBlocks()
    {
        Span<byte> stored = stackalloc byte[2];
        _feed.Rest = Probe;
        try
        {
            var count = _inflate!.Read(stored);
            return _feed.Rest.Length == Probe.Length || (count == 1 && stored[0] == ProbeByte);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_message.Length * 2, maxMessageBytes + 1));
        _message.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_message);
        _message = larger;
    }

    private void Stop()
    {
        _inflate?.Dispose();
        _inflate = null;
    }

    /// <summary>Gives the inflater what has come, and nothing when there is no more for now.</summary>
    private sealed class Feed : Stream
    {
        public ReadOnlyMemory<byte> Rest { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, Rest.Length);
            Rest.Span[..count].CopyTo(buffer);
            Rest = Rest[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
