using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class PublishBody : PublicationBody
{
    public string? Channel { get; set; }
}

/// <summary>Publishes to one channel.</summary>
internal sealed class PublishMethod(IWsCluster cluster, ApiChannels channels) : IApiMethod
{
    public string Name => "publish";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.PublishBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(PublishBody body, CancellationToken cancellationToken)
    {
        if (!channels.TryFind(body.Channel, out var options, out var error))
        {
            return ApiReply.Failed(error);
        }

        if (body.ToRequest() is not { } request || !ApiData.Fits(options.PublicationDataFormat, request.Data))
        {
            return ApiReply.Failed(ErrorCode.BadRequest);
        }

        var position = await cluster.Channel(body.Channel).PublishAsync(request, cancellationToken);
        return ApiReply.Of(json => ApiOutput.WritePosition(json, position));
    }
}
