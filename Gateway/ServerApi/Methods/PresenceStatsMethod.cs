using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>How many are in a channel.</summary>
internal sealed class PresenceStatsMethod(IWsCluster cluster, ApiChannels channels) : IApiMethod
{
    public string Name => "presence_stats";

    public ApiCall Decode(JsonElement request)
    {
        var channel = request.Deserialize(ApiJson.Default.ChannelBody)!.Channel;
        return cancellationToken => RunAsync(channel, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(string? channel, CancellationToken cancellationToken)
    {
        if (!channels.TryFind(channel, out var options, out var error))
        {
            return ApiReply.Failed(error);
        }

        if (!options.Presence)
        {
            return ApiReply.Failed(ErrorCode.NotAvailable);
        }

        var stats = await cluster.Channel(channel).GetPresenceStatsAsync(cancellationToken);
        return ApiReply.Of(json =>
        {
            json.WriteNumber("num_clients", stats.Clients);
            json.WriteNumber("num_users", stats.Users);
        });
    }
}
