using System.Text.Json;

namespace WsCluster.Client.Protocol;

/// <summary>Writes messages as JSON (protocol §3).</summary>
internal sealed class JsonFieldWriter(Utf8JsonWriter json) : IFieldWriter
{
    public void Text(int number, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    public void Number(int number, string name, ulong value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    public void Signed(int number, string name, int value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    public void Flag(int number, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, true);
        }
    }

    public void Data(int number, string name, ReadOnlyMemory<byte>? value)
    {
        if (value is { } data)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(OnOneLine(data.Span));
        }
    }

    public void Message(int number, string name, IOutgoing? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            Object(value);
        }
    }

    public void Messages(int number, string name, IReadOnlyCollection<IOutgoing> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                Object(value);
            }

            json.WriteEndArray();
        }
    }

    public void Texts(int number, string name, IReadOnlyCollection<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    }

    public void Map(int number, string name, IReadOnlyDictionary<string, IOutgoing> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartObject(name);
            foreach (var (key, value) in values)
            {
                json.WritePropertyName(key);
                Object(value);
            }

            json.WriteEndObject();
        }
    }

    public void TextMap(int number, string name, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartObject(name);
            foreach (var (key, value) in values)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }
    }

    public void Object(IOutgoing value)
    {
        json.WriteStartObject();
        value.Write(this);
        json.WriteEndObject();
    }

    /// <summary>A newline ends a message, so none may be inside. In JSON it can only be white space between tokens.</summary>
    private static ReadOnlySpan<byte> OnOneLine(ReadOnlySpan<byte> data)
    {
        if (!data.ContainsAny((byte)'\n', (byte)'\r'))
        {
            return data;
        }

        var line = data.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }
}
