using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class PublishAtomicBody
{
    public List<ChannelPublicationBody?>? Publications { get; set; }

    public string? IdempotencyKey { get; set; }
}

internal sealed class ChannelPublicationBody
{
    public string? Channel { get; set; }

    public JsonElement Data { get; set; }

    [JsonPropertyName("b64data")]
    public string? Base64Data { get; set; }

    public Dictionary<string, string?>? Tags { get; set; }

    public bool Delta { get; set; }
}

/// <summary>Publishes to several durable channels, all or none. What is wrong with one publication refuses all.</summary>
internal sealed class PublishAtomicMethod(IWsCluster cluster, ApiChannels channels, GatewayMetrics metrics, IOptionsMonitor<ApiOptions> options) : IApiMethod
{
    public string Name => "publish_atomic";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.PublishAtomicBody)!;
        if (body.Publications?.Count > options.CurrentValue.MaxBroadcastChannels)
        {
            metrics.ApiRefused("batch");
            return _ => Task.FromResult(ApiReply.Failed(ErrorCode.BadRequest));
        }

        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(PublishAtomicBody body, CancellationToken cancellationToken)
    {
        if (body.Publications is not { Count: > 0 } bodies)
        {
            return ApiReply.Failed(ErrorCode.BadRequest);
        }

        var publications = new ChannelPublication[bodies.Count];
        for (var i = 0; i < publications.Length; i++)
        {
            if (!TryRead(bodies[i], out publications[i], out var error))
            {
                return ApiReply.Failed(error);
            }
        }

        var request = new AtomicPublishRequest
        {
            Publications = publications,
            IdempotencyKey = string.IsNullOrEmpty(body.IdempotencyKey) ? null : body.IdempotencyKey,
        };
        var result = await cluster.PublishAtomicAsync(request, cancellationToken);
        return ApiReply.Of(json =>
        {
            json.WriteStartArray("positions");
            foreach (var position in result.Positions)
            {
                json.WriteStartObject();
                ApiOutput.WritePosition(json, position);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private bool TryRead(ChannelPublicationBody? body, out ChannelPublication publication, out ErrorCode error)
    {
        publication = null!;
        if (!channels.TryFind(body?.Channel, out var found, out error))
        {
            return false;
        }

        error = ErrorCode.BadRequest;
        if (!ApiData.TryRead(body!.Data, body.Base64Data, out var data) || body.Tags?.ContainsValue(null) == true || !ApiData.Fits(found.PublicationDataFormat, data))
        {
            return false;
        }

        var tags = body.Tags is { Count: > 0 } ? body.Tags.ToDictionary(tag => tag.Key, tag => tag.Value!) : null;
        publication = new ChannelPublication { Channel = body.Channel!, Request = new PublishRequest { Data = data, Tags = tags, Delta = body.Delta } };
        return true;
    }
}
