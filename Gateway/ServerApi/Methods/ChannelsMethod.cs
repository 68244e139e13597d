using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class ChannelsBody
{
    public string? Pattern { get; set; }
}

/// <summary>The channels of the whole cluster that have subscribers.</summary>
internal sealed class ChannelsMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "channels";

    public ApiCall Decode(JsonElement request)
    {
        var pattern = request.Deserialize(ApiJson.Default.ChannelsBody)!.Pattern ?? "";
        return cancellationToken => RunAsync(pattern, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(string pattern, CancellationToken cancellationToken)
    {
        var channels = await cluster.GetChannelsAsync(pattern, cancellationToken);
        return ApiReply.Of(json =>
        {
            json.WriteStartObject("channels");
            foreach (var (name, clients) in channels)
            {
                json.WriteStartObject(name);
                json.WriteNumber("num_clients", clients);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
    }
}
