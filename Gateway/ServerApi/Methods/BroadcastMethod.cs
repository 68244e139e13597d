using System.Text.Json;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class BroadcastBody : PublicationBody
{
    public List<string?>? Channels { get; set; }
}

/// <summary>Publishes the same to many channels concurrently; each has its own result or error.</summary>
internal sealed class BroadcastMethod(IWsCluster cluster, ApiChannels channels, GatewayMetrics metrics, IOptionsMonitor<ApiOptions> options, ILogger<BroadcastMethod> logger) : IApiMethod
{
    public string Name => "broadcast";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.BroadcastBody)!;
        if (body.Channels?.Count > options.CurrentValue.MaxBroadcastChannels)
        {
            metrics.ApiRefused("batch");
            return _ => Task.FromResult(ApiReply.Failed(ErrorCode.BadRequest));
        }

        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(BroadcastBody body, CancellationToken cancellationToken)
    {
        if (body.Channels is not { Count: > 0 } names || body.ToRequest() is not { } request)
        {
            return ApiReply.Failed(ErrorCode.BadRequest);
        }

        var refused = names.ConvertAll(name => Check(name, request));
        var accepted = names.Where((_, i) => refused[i] == ErrorCode.None).Select(name => name!).ToList();
        var results = new Queue<BroadcastResult>(await cluster.BroadcastAsync(accepted, request, cancellationToken));
        var replies = refused.ConvertAll(error => error == ErrorCode.None ? ToReply(results.Dequeue()) : ApiReply.Failed(error));
        return ApiReply.Of(json =>
        {
            json.WriteStartArray("responses");
            foreach (var reply in replies)
            {
                json.WriteStartObject();
                reply.WriteMember(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private ErrorCode Check(string? channel, PublishRequest request)
    {
        if (!channels.TryFind(channel, out var found, out var error))
        {
            return error;
        }

        return ApiData.Fits(found.PublicationDataFormat, request.Data) ? ErrorCode.None : ErrorCode.BadRequest;
    }

    private ApiReply ToReply(BroadcastResult result)
    {
        if (result.Error is { } error)
        {
            ApiLog.MethodRefused(logger, Name, error.Code, error.Message);
            return ApiReply.Failed(error);
        }

        return ApiReply.Of(json => ApiOutput.WritePosition(json, result.Position));
    }
}
