using System.Text.Json;

namespace WsCluster.Client.Protocol;

/// <summary>Reads a message from JSON. Starts before the opening brace of the message.</summary>
internal ref struct JsonFieldReader : IFieldReader
{
    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _json;

    public JsonFieldReader(ReadOnlySpan<byte> text)
    {
        _text = text;
        _json = new Utf8JsonReader(text);
        Open(JsonTokenType.StartObject);
    }

    public bool Next(FieldNames names, out int number)
    {
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            number = names.Find(ref _json);
            if (number != 0)
            {
                return true;
            }

            _json.Skip();
        }

        number = 0;
        return false;
    }

    public string Text()
    {
        _json.Read();
        return _json.GetString() ?? "";
    }

    public ulong Number()
    {
        _json.Read();
        return _json.TryGetUInt64(out var value) ? value : (ulong)_json.GetInt64();
    }

    public bool Flag()
    {
        _json.Read();
        return _json.GetBoolean();
    }

    public ReadOnlyMemory<byte> Data()
    {
        _json.Read();
        var start = (int)_json.TokenStartIndex;
        _json.Skip();
        return _text[start..(int)_json.BytesConsumed].ToArray();
    }

    public T Message<T>()
        where T : IIncoming<T>
    {
        Open(JsonTokenType.StartObject);
        return T.Read(ref this);
    }

    public void Messages<T>(List<T> into)
        where T : IIncoming<T>
    {
        Open(JsonTokenType.StartArray);
        while (_json.Read() && _json.TokenType == JsonTokenType.StartObject)
        {
            into.Add(T.Read(ref this));
        }
    }

    public void Map<T>(Dictionary<string, T> into)
        where T : IIncoming<T>
    {
        Open(JsonTokenType.StartObject);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            into[_json.GetString()!] = Message<T>();
        }
    }

    public void TextMap(Dictionary<string, string> into)
    {
        Open(JsonTokenType.StartObject);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            into[_json.GetString()!] = Text();
        }
    }

    private void Open(JsonTokenType expected)
    {
        if (!_json.Read() || _json.TokenType != expected)
        {
            throw new FormatException($"Expected {expected}, got {_json.TokenType}.");
        }
    }
}
