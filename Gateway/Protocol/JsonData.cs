using System.Text.Json;
using System.Text.Unicode;

namespace WsCluster.Gateway.Protocol;

/// <summary>The rule for bytes that travel inside JSON messages (protocol §3).</summary>
internal static class JsonData
{
    // Far above what a JSON command can carry in, so that nothing a JSON client published fails on its way out.
    private const int MaxDepth = 512;

    /// <summary>
    /// True when the bytes are exactly one JSON value in valid UTF-8, so that they can go to JSON connections as they
    /// are. Publishers' data should pass this before they enter a channel that JSON clients subscribe to.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> data)
    {
        if (!Utf8.IsValid(data)) // the reader checks the encoding of a string only when somebody asks for its text
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
