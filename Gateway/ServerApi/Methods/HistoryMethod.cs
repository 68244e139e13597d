using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class HistoryBody
{
    public string? Channel { get; set; }

    /// <summary>Zero or absent: the position only; -1: all.</summary>
    public int Limit { get; set; }

    public PositionBody? Since { get; set; }

    public bool Reverse { get; set; }
}

/// <summary>Reads a channel's history.</summary>
internal sealed class HistoryMethod(IWsCluster cluster, ApiChannels channels) : IApiMethod
{
    public string Name => "history";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.HistoryBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(HistoryBody body, CancellationToken cancellationToken)
    {
        if (!channels.TryFind(body.Channel, out var options, out var error))
        {
            return ApiReply.Failed(error);
        }

        if (!options.HasHistory)
        {
            return ApiReply.Failed(ErrorCode.NotAvailable);
        }

        var query = new HistoryQuery { Limit = body.Limit, Since = body.Since?.ToPosition(), Reverse = body.Reverse };
        var page = await cluster.Channel(body.Channel).GetHistoryAsync(query, cancellationToken);
        return ApiReply.Of(json =>
        {
            json.WriteStartArray("publications");
            foreach (var publication in page.Publications)
            {
                ApiOutput.WritePublication(json, publication);
            }

            json.WriteEndArray();
            json.WriteString("epoch", page.Top.Epoch ?? "");
            json.WriteNumber("offset", page.Top.Offset);
        });
    }
}
