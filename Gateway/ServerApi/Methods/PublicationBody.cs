using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>What publish and broadcast have in common.</summary>
internal abstract class PublicationBody
{
    public JsonElement Data { get; set; }

    [JsonPropertyName("b64data")]
    public string? Base64Data { get; set; }

    public bool SkipHistory { get; set; }

    public Dictionary<string, string?>? Tags { get; set; }

    public string? IdempotencyKey { get; set; }

    public bool Delta { get; set; }

    public ulong Version { get; set; }

    public string? VersionEpoch { get; set; }

    /// <summary>The request to the channel, or null when the base64 is broken or a tag has no text.</summary>
    public PublishRequest? ToRequest()
    {
        if (!ApiData.TryRead(Data, Base64Data, out var data) || Tags?.ContainsValue(null) == true)
        {
            return null;
        }

        return new PublishRequest
        {
            Data = data,
            SkipHistory = SkipHistory,
            Tags = Tags is { Count: > 0 } ? Tags.ToDictionary(tag => tag.Key, tag => tag.Value!) : null,
            IdempotencyKey = string.IsNullOrEmpty(IdempotencyKey) ? null : IdempotencyKey,
            Delta = Delta,
            Version = Version,
            VersionEpoch = string.IsNullOrEmpty(VersionEpoch) ? null : VersionEpoch,
        };
    }
}
