using System.Text;
using System.Text.Json;

namespace WsCluster.Client.Subscriptions;

/// <summary>Makes whole payloads of the differences of one subscription (protocol §10).</summary>
internal sealed class DeltaReader(bool isJson)
{
    private ReadOnlyMemory<byte> _base;

    /// <summary>The payload; it is the base of the next one.</summary>
    /// <exception cref="FormatException">The difference does not fit to what was there before.</exception>
    public ReadOnlyMemory<byte> Read(Publication publication)
    {
        // In JSON the payload, or the difference, is the text of a JSON string.
        var data = isJson ? Encoding.UTF8.GetBytes(Text(publication.Data.Span)) : publication.Data;
        _base = publication.IsDelta ? FossilPatch.Apply(_base.Span, data.Span) : data;
        return _base;
    }

    private static string Text(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : throw new FormatException("A publication in delta mode must be a JSON string.");
    }
}
