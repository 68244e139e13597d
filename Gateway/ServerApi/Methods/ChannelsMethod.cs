using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class ChannelsBody
{
    public string? Pattern { get; set; }

    public string? After { get; set; }

    public int? Limit { get; set; }
}

/// <summary>The channels of the whole cluster that have subscribers: all of them, or with a limit a page at a time.</summary>
internal sealed class ChannelsMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "channels";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.ChannelsBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(ChannelsBody body, CancellationToken cancellationToken)
    {
        var pattern = body.Pattern ?? "";
        if (body.Limit is not { } limit)
        {
            return Answer((await cluster.GetChannelsAsync(pattern, cancellationToken)).Select(channel => (channel.Key, channel.Value)), next: null);
        }

        var page = await cluster.ListChannelsAsync(new ListQuery { Pattern = pattern, After = body.After ?? "", Limit = limit }, cancellationToken);
        return Answer(page.Items.Select(channel => (channel.Name, channel.Subscribers)), page.Next);
    }

    private static ApiReply Answer(IEnumerable<(string Name, int Clients)> channels, string? next) =>
        ApiReply.Of(json =>
        {
            json.WriteStartObject("channels");
            foreach (var (name, clients) in channels)
            {
                json.WriteStartObject(name);
                json.WriteNumber("num_clients", clients);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            ApiOutput.WriteNext(json, next);
        });
}
