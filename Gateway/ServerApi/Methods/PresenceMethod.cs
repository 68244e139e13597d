using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>Who is in a channel.</summary>
internal sealed class PresenceMethod(IWsCluster cluster, ApiChannels channels) : IApiMethod
{
    public string Name => "presence";

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

        var presence = await cluster.Channel(channel).GetPresenceAsync(cancellationToken);
        return ApiReply.Of(json =>
        {
            json.WriteStartObject("presence");
            foreach (var (client, info) in presence)
            {
                json.WritePropertyName(client);
                ApiOutput.WriteClientInfo(json, info);
            }

            json.WriteEndObject();
        });
    }
}
