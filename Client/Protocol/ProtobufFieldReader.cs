using System.Text;

namespace WsCluster.Client.Protocol;

/// <summary>Reads a message in Protobuf's wire format.</summary>
internal ref struct ProtobufFieldReader(ReadOnlySpan<byte> bytes) : IFieldReader
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool Next(FieldNames names, out int number)
    {
        while (!_rest.IsEmpty)
        {
            var tag = Varint();
            number = (int)(tag >> 3);
            if (names.Has(number))
            {
                return true;
            }

            Skip((int)(tag & 7));
        }

        number = 0;
        return false;
    }

    public string Text() => Encoding.UTF8.GetString(Delimited());

    public ulong Number() => Varint();

    public bool Flag() => Varint() != 0;

    public ReadOnlyMemory<byte> Data() => Delimited().ToArray();

    public T Message<T>()
        where T : IIncoming<T>
    {
        var inner = new ProtobufFieldReader(Delimited());
        return T.Read(ref inner);
    }

    public void Messages<T>(List<T> into)
        where T : IIncoming<T> => into.Add(Message<T>());

    public void Map<T>(Dictionary<string, T> into)
        where T : IIncoming<T>
    {
        var entry = new ProtobufFieldReader(Delimited());
        var key = "";
        ReadOnlySpan<byte> value = default; // an empty message when there is none
        while (entry.Next(MapFields, out var number))
        {
            if (number == 1)
            {
                key = entry.Text();
            }
            else
            {
                value = entry.Delimited();
            }
        }

        var inner = new ProtobufFieldReader(value);
        into[key] = T.Read(ref inner);
    }

    public void TextMap(Dictionary<string, string> into)
    {
        var entry = new ProtobufFieldReader(Delimited());
        var (key, value) = ("", "");
        while (entry.Next(MapFields, out var number))
        {
            if (number == 1)
            {
                key = entry.Text();
            }
            else
            {
                value = entry.Text();
            }
        }

        into[key] = value;
    }

    /// <summary>The next bytes that have their length before them.</summary>
    public ReadOnlySpan<byte> Delimited()
    {
        var length = Varint();
        if (length > (ulong)_rest.Length)
        {
            throw new FormatException("A Protobuf message ends too early.");
        }

        var value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return value;
    }

    private static readonly FieldNames MapFields = new(("key", 1), ("value", 2));

    private ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < Math.Min(10, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new FormatException("A Protobuf number does not end.");
    }

    private void Skip(int kind)
    {
        switch (kind)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Delimited();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new FormatException($"Protobuf field of unknown kind {kind}.");
        }
    }

    private void Take(int count)
    {
        if (_rest.Length < count)
        {
            throw new FormatException("A Protobuf message ends too early.");
        }

        _rest = _rest[count..];
    }
}
