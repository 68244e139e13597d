using System.Text;
using System.Text.Json;
using WsCluster.Gateway.Authentication;

namespace WsCluster.Gateway.Proxies;

/// <summary>What an application's endpoint answered: a no, or a result, or neither.</summary>
internal sealed class ProxyAnswer : IDisposable
{
    private const int MaxReasonBytes = 123; // RFC 6455 §5.5
    private readonly JsonDocument _document;

    private ProxyAnswer(JsonDocument document, Denial? denial, JsonElement? result)
    {
        _document = document;
        Denial = denial;
        Result = result;
    }

    /// <summary>The no; null for none.</summary>
    public Denial? Denial { get; }

    /// <summary>The result; null when the answer has none. It ends with this object.</summary>
    public JsonElement? Result { get; }

    /// <summary>A reader of the result; of an empty one when there is none.</summary>
    public ClaimReader Read() => new(Result ?? Empty.RootElement);

    /// <summary>Reads an answer: <c>disconnect</c> counts before <c>error</c>, and that before <c>result</c>.</summary>
    /// <exception cref="JsonException">It is no answer.</exception>
    public static ProxyAnswer Parse(byte[] body)
    {
        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            throw new JsonException("The answer is not UTF-8.");
        }

        var document = JsonDocument.Parse(body);
        try
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new JsonException("The answer is no object.");
            }

            var denial = Member(root, "disconnect") is { } disconnect ? ReadDisconnect(disconnect)
                : Member(root, "error") is { } error ? ReadError(error)
                : null;
            return new ProxyAnswer(document, denial, denial is null ? Member(root, "result") : null);
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    public void Dispose() => _document.Dispose();

    private static JsonDocument Empty { get; } = JsonDocument.Parse("{}");

    private static JsonElement? Member(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? member.ValueKind == JsonValueKind.Object ? member : throw new JsonException($"{name} is no object.")
            : null;

    private static Denial ReadDisconnect(JsonElement disconnect)
    {
        var reader = new ClaimReader(disconnect);
        var (code, reason) = (reader.Number("code"), reader.Text("reason"));
        return reader.IsValid && code is >= 3000 and <= 4999 && Encoding.UTF8.GetByteCount(reason) <= MaxReasonBytes
            ? new Denial { Code = (int)code, Reason = reason }
            : throw new JsonException("A disconnect needs a code from 3000 to 4999 and a reason of at most 123 bytes.");
    }

    private static Denial ReadError(JsonElement error)
    {
        var reader = new ClaimReader(error);
        var code = reader.Number("code");
        var denial = new Denial { Code = (int)code, Reason = reader.Text("message"), IsTemporary = reader.IsTrue("temporary") };
        return reader.IsValid && code is >= 100 and <= 1999 ? denial : throw new JsonException("An error needs a code from 100 to 1999.");
    }
}
