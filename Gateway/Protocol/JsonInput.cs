using System.Text.Json;
using Google.Protobuf;

namespace WsCluster.Gateway.Protocol;

/// <summary>
/// Reads the protocol's kinds of values from one JSON text. Every method throws <see cref="JsonException"/> when the
/// text or the type is wrong; null reads as the zero value, except where bytes are wanted.
/// </summary>
internal ref struct JsonInput
{
    /// <summary>How deep a text may nest where no option says it: the recursion of whoever reads it, and of whoever gets its data.</summary>
    public const int DefaultMaxDepth = 64;

    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;

    /// <summary>Reads <paramref name="text"/>, which must be valid UTF-8.</summary>
    public JsonInput(ReadOnlySpan<byte> text, int maxDepth)
    {
        _text = text;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = maxDepth });
    }

    /// <summary>Enters the object that the whole text must be.</summary>
    public void Start()
    {
        _reader.Read();
        Require(_reader.TokenType == JsonTokenType.StartObject);
    }

    /// <summary>Checks that nothing follows the object.</summary>
    public void Finish() => Require(!_reader.Read());

    /// <summary>Moves to the next member of the current object; false at its end.</summary>
    public bool NextMember()
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Enters the current member's value if the member has this name.</summary>
    public bool IsMember(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name) && _reader.Read();

    /// <summary>Skips the current member with its value.</summary>
    public void SkipMember() => _reader.Skip();

    /// <summary>The current member's name, whatever it is; enters its value.</summary>
    public string ReadName()
    {
        var name = _reader.GetString()!;
        _reader.Read();
        return name;
    }

    /// <summary>Enters an object; false when the value is null instead.</summary>
    public readonly bool BeginObject() => Begin(JsonTokenType.StartObject);

    /// <summary>Enters an array; false when the value is null instead.</summary>
    public readonly bool BeginArray() => Begin(JsonTokenType.StartArray);

    /// <summary>Enters the next element of the current array; false at its end.</summary>
    public bool NextElement()
    {
        _reader.Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Reads a string.</summary>
    public readonly string ReadString()
    {
        Require(_reader.TokenType is JsonTokenType.String or JsonTokenType.Null);
        return _reader.GetString() ?? "";
    }

    /// <summary>Reads a boolean.</summary>
    public readonly bool ReadBool()
    {
        Require(_reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null);
        return _reader.TokenType == JsonTokenType.True;
    }

    /// <summary>Reads a 32-bit unsigned integer.</summary>
    public readonly uint ReadUInt32()
    {
        uint value = 0;
        Require(IsNull || (IsNumber && _reader.TryGetUInt32(out value)));
        return value;
    }

    /// <summary>Reads a 64-bit unsigned integer.</summary>
    public readonly ulong ReadUInt64()
    {
        ulong value = 0;
        Require(IsNull || (IsNumber && _reader.TryGetUInt64(out value)));
        return value;
    }

    /// <summary>Reads a 32-bit integer.</summary>
    public readonly int ReadInt32()
    {
        var value = 0;
        Require(IsNull || (IsNumber && _reader.TryGetInt32(out value)));
        return value;
    }

    /// <summary>Reads a 64-bit integer.</summary>
    public readonly long ReadInt64()
    {
        long value = 0;
        Require(IsNull || (IsNumber && _reader.TryGetInt64(out value)));
        return value;
    }

    /// <summary>A copy of the value's JSON text, byte for byte; null is a value here.</summary>
    public ByteString ReadRaw()
    {
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return ByteString.CopyFrom(_text[start..(int)_reader.BytesConsumed]);
    }

    private readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    private readonly bool IsNumber => _reader.TokenType == JsonTokenType.Number;

    private readonly bool Begin(JsonTokenType start)
    {
        Require(_reader.TokenType == start || IsNull);
        return !IsNull;
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new JsonException();
        }
    }
}
