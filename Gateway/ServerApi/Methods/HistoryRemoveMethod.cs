using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>Drops a channel's kept publications.</summary>
internal sealed class HistoryRemoveMethod(IWsCluster cluster, ApiChannels channels) : IApiMethod
{
    public string Name => "history_remove";

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

        if (!options.HasHistory)
        {
            return ApiReply.Failed(ErrorCode.NotAvailable);
        }

        await cluster.Channel(channel).RemoveHistoryAsync(cancellationToken);
        return ApiReply.Empty;
    }
}
