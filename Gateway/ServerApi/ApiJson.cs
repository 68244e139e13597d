using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsCluster.Gateway.ServerApi.Methods;

namespace WsCluster.Gateway.ServerApi;

/// <summary>
/// Reads request bodies. Unknown members are ignored; 64-bit numbers may be strings, as some languages need. A
/// <see cref="JsonElement"/> keeps the caller's bytes as they are.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(PublishBody))]
[JsonSerializable(typeof(BroadcastBody))]
[JsonSerializable(typeof(PublishAtomicBody))]
[JsonSerializable(typeof(SubscribeBody))]
[JsonSerializable(typeof(UnsubscribeBody))]
[JsonSerializable(typeof(DisconnectBody))]
[JsonSerializable(typeof(RefreshBody))]
[JsonSerializable(typeof(ChannelBody))]
[JsonSerializable(typeof(HistoryBody))]
[JsonSerializable(typeof(ChannelsBody))]
[JsonSerializable(typeof(RpcBody))]
[JsonSerializable(typeof(RevokeBody))]
[JsonSerializable(typeof(ListBody))]
[JsonSerializable(typeof(UserStatusBody))]
[JsonSerializable(typeof(ExplainBody))]
[JsonSerializable(typeof(BatchBody))]
[JsonSerializable(typeof(LegacyBody))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Compact, and without escapes that only HTML needs: the answers are application/json.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>The body of the old single address.</summary>
internal sealed class LegacyBody
{
    public string? Method { get; set; }

    public JsonElement Params { get; set; }
}

/// <summary>The body of the methods that take a channel and nothing else.</summary>
internal sealed class ChannelBody
{
    public string? Channel { get; set; }
}

/// <summary>A stream position in a body.</summary>
internal sealed class PositionBody
{
    public ulong Offset { get; set; }

    public string? Epoch { get; set; }

    public StreamPosition ToPosition() => new(Offset, Epoch ?? "");
}
