using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using WsCluster.Configuration;

namespace WsCluster.Gateway.ServerApi;

/// <summary>Application data in requests and responses: raw JSON inline, or base64 in a member of its own.</summary>
internal static class ApiData
{
    /// <summary>Line ends outside strings (inside, JSON has them escaped): they would split newline-separated frames.</summary>
    private static ReadOnlySpan<byte> LineEnds => "\r\n"u8;

    /// <summary>
    /// Reads inline JSON or base64, which wins; nothing at all is an empty array. False when the base64 is broken.
    /// </summary>
    public static bool TryRead(JsonElement inline, string? base64, out byte[] data)
    {
        data = [];
        if (!string.IsNullOrEmpty(base64))
        {
            return TryDecode(base64, out data);
        }

        if (inline.ValueKind != JsonValueKind.Undefined)
        {
            data = WithoutLineEnds(JsonMarshal.GetRawUtf8Value(inline));
        }

        return true;
    }

    /// <summary>As <see cref="TryRead"/>, for data that may be left out: nothing, JSON's null included, is null.</summary>
    public static bool TryReadOptional(JsonElement inline, string? base64, out byte[]? data)
    {
        var read = TryRead(inline.ValueKind == JsonValueKind.Null ? default : inline, base64, out var bytes);
        data = bytes.Length == 0 ? null : bytes;
        return read;
    }

    /// <summary>True when a namespace with this format takes the data.</summary>
    public static bool Fits(DataFormat format, ReadOnlySpan<byte> data) => format switch
    {
        DataFormat.Binary => true,
        DataFormat.NotEmpty => !data.IsEmpty,
        DataFormat.JsonObject => data.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && IsJson(data),
        _ => IsJson(data),
    };

    /// <summary>Writes data as inline JSON under <paramref name="name"/>, or, when it is not JSON, in base64 under b64name.</summary>
    public static void Write(Utf8JsonWriter json, string name, ReadOnlySpan<byte> data)
    {
        if (IsJson(data))
        {
            json.WritePropertyName(name);
            json.WriteRawValue(data, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String("b64" + name, data);
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        try
        {
            // Skip leaves the reader at the end of the first value; a second Read finds what follows it.
            return reader.Read() && reader.TrySkip() && !reader.Read() && System.Text.Unicode.Utf8.IsValid(data);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryDecode(string base64, out byte[] data)
    {
        data = [];
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(Encoding.UTF8.GetByteCount(base64))];
        if (!Convert.TryFromBase64String(base64, bytes, out var written))
        {
            return false;
        }

        data = bytes[..written];
        return true;
    }

    private static byte[] WithoutLineEnds(ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny(LineEnds) < 0)
        {
            return json.ToArray();
        }

        var kept = new byte[json.Length];
        var length = 0;
        foreach (var character in json)
        {
            if (!LineEnds.Contains(character))
            {
                kept[length++] = character;
            }
        }

        return kept[..length];
    }
}
