using System.Buffers;
using System.Text;

namespace WsCluster.Client.Protocol;

/// <summary>Writes messages in Protobuf's wire format.</summary>
internal sealed class ProtobufFieldWriter(ArrayBufferWriter<byte> output) : IFieldWriter
{
    private const int VarintField = 0;
    private const int LengthDelimitedField = 2;

    public void Text(int number, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Bytes(number, Encoding.UTF8.GetBytes(value));
        }
    }

    public void Number(int number, string name, ulong value)
    {
        if (value != 0)
        {
            Tag(number, VarintField);
            Varint(value);
        }
    }

    public void Signed(int number, string name, int value) => Number(number, name, (ulong)(long)value);

    public void Flag(int number, string name, bool value) => Number(number, name, value ? 1UL : 0);

    public void Data(int number, string name, ReadOnlyMemory<byte>? value)
    {
        if (value is { Length: > 0 } data)
        {
            Bytes(number, data.Span);
        }
    }

    public void Message(int number, string name, IOutgoing? value)
    {
        if (value is not null)
        {
            var inner = new ArrayBufferWriter<byte>(256);
            value.Write(new ProtobufFieldWriter(inner));
            Bytes(number, inner.WrittenSpan);
        }
    }

    public void Messages(int number, string name, IReadOnlyCollection<IOutgoing> values)
    {
        foreach (var value in values)
        {
            Message(number, name, value);
        }
    }

    public void Texts(int number, string name, IReadOnlyCollection<string> values)
    {
        foreach (var value in values)
        {
            Bytes(number, Encoding.UTF8.GetBytes(value)); // also an empty one: the count matters
        }
    }

    public void Map(int number, string name, IReadOnlyDictionary<string, IOutgoing> values)
    {
        foreach (var (key, value) in values)
        {
            Message(number, name, new MapEntry(key, null, value));
        }
    }

    public void TextMap(int number, string name, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (key, value) in values)
        {
            Message(number, name, new MapEntry(key, value, null));
        }
    }

    public void Varint(ulong value)
    {
        var span = output.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        output.Advance(length);
    }

    private void Bytes(int number, ReadOnlySpan<byte> value)
    {
        Tag(number, LengthDelimitedField);
        Varint((ulong)value.Length);
        output.Write(value);
    }

    private void Tag(int number, int kind) => Varint((ulong)((number << 3) | kind));

    private sealed record MapEntry(string Key, string? Text, IOutgoing? Message) : IOutgoing
    {
        public void Write(IFieldWriter fields)
        {
            fields.Text(1, "key", Key);
            fields.Text(2, "value", Text);
            fields.Message(2, "value", Message);
        }
    }
}
