using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf;

namespace WsCluster.Gateway.Protocol;

/// <summary>
/// Builds one compact JSON text in a pooled buffer. It differs from <see cref="System.Text.Json.Utf8JsonWriter"/> in
/// what this protocol needs: bytes are inlined after a single validation, and text outside ASCII stays as it is.
/// </summary>
internal sealed class JsonOutput : IDisposable
{
    private static readonly SearchValues<char> EscapedChars = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (char)i), '"', '\\']);

    private static readonly SearchValues<byte> EscapedBytes = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(512);
    private int _length;
    private bool _needsComma;

    /// <summary>False once something was written that cannot be JSON: the text is then of no use.</summary>
    public bool IsValid { get; private set; } = true;

    /// <summary>Gives the text up: what should be written has no form in JSON.</summary>
    public void Invalidate() => IsValid = false;

    /// <summary>The text written so far.</summary>
    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    /// <summary>Returns the buffer to the pool.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Opens an object.</summary>
    public void BeginObject() => Open((byte)'{');

    /// <summary>Closes an object.</summary>
    public void EndObject() => Close((byte)'}');

    /// <summary>Opens an array.</summary>
    public void BeginArray() => Open((byte)'[');

    /// <summary>Closes an array.</summary>
    public void EndArray() => Close((byte)']');

    /// <summary>Starts a member whose name needs no escaping.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        Separate();
        Append((byte)'"');
        Append(name);
        Append("\":"u8);
        _needsComma = false;
    }

    /// <summary>Starts a member with any name, such as the key of a map.</summary>
    public void Name(string name)
    {
        Value(name);
        Append((byte)':');
        _needsComma = false;
    }

    /// <summary>Writes a string. Unpaired surrogates become U+FFFD.</summary>
    public void Value(string value)
    {
        Separate();
        Append((byte)'"');
        var rest = value.AsSpan();
        for (var next = rest.IndexOfAny(EscapedChars); next >= 0; next = rest.IndexOfAny(EscapedChars))
        {
            AppendText(rest[..next]);
            AppendEscape((byte)rest[next]);
            rest = rest[(next + 1)..];
        }

        AppendText(rest);
        Append((byte)'"');
    }

    /// <summary>Writes an unsigned number.</summary>
    public void Value(ulong value)
    {
        Separate();
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        _length += written;
    }

    /// <summary>Writes a number.</summary>
    public void Value(long value)
    {
        Separate();
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        _length += written;
    }

    /// <summary>Writes a boolean.</summary>
    public void Value(bool value)
    {
        Separate();
        Append(value ? "true"u8 : "false"u8);
    }

    /// <summary>Inlines bytes that are a JSON value; anything else makes this output invalid.</summary>
    public void Raw(ByteString json)
    {
        var bytes = json.Span;
        if (!JsonData.IsValid(bytes))
        {
            Invalidate();
            return;
        }

        Separate();

        // A newline would end the message. In valid JSON it is never inside a string: dropping it changes no value.
        for (var next = bytes.IndexOfAny((byte)'\n', (byte)'\r'); next >= 0; next = bytes.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            Append(bytes[..next]);
            bytes = bytes[(next + 1)..];
        }

        Append(bytes);
    }

    /// <summary>Writes UTF-8 text as a string; bytes that are not UTF-8 make this output invalid.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            Invalidate();
            return;
        }

        Separate();
        Append((byte)'"');
        for (var next = utf8.IndexOfAny(EscapedBytes); next >= 0; next = utf8.IndexOfAny(EscapedBytes))
        {
            Append(utf8[..next]);
            AppendEscape(utf8[next]);
            utf8 = utf8[(next + 1)..];
        }

        Append(utf8);
        Append((byte)'"');
    }

    private void Open(byte bracket)
    {
        Separate();
        Append(bracket);
        _needsComma = false;
    }

    private void Close(byte bracket)
    {
        Append(bracket);
        _needsComma = true;
    }

    private void Separate()
    {
        if (_needsComma)
        {
            Append((byte)',');
        }

        _needsComma = true;
    }

    private void AppendEscape(byte ascii)
    {
        switch (ascii)
        {
            case (byte)'"':
                Append("\\\""u8);
                break;
            case (byte)'\\':
                Append("\\\\"u8);
                break;
            case (byte)'\n':
                Append("\\n"u8);
                break;
            case (byte)'\r':
                Append("\\r"u8);
                break;
            case (byte)'\t':
                Append("\\t"u8);
                break;
            default:
                Append("\\u00"u8);
                Append((byte)(ascii < 0x10 ? '0' : '1')); // only control characters come here
                Append("0123456789abcdef"u8[ascii & 0xF]);
                break;
        }
    }

    private void AppendText(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
        {
            _length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));
        }
    }

    private void Append(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }
}
