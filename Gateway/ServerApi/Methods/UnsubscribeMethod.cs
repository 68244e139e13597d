using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class UnsubscribeBody : UserBody
{
    public string? Channel { get; set; }
}

/// <summary>Ends a subscription of a user's connections. An empty channel is accepted and does nothing.</summary>
internal sealed class UnsubscribeMethod(IWsCluster cluster, ApiChannels channels) : IApiMethod
{
    public string Name => "unsubscribe";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.UnsubscribeBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(UnsubscribeBody body, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body.Channel))
        {
            return ApiReply.Empty;
        }

        if (!channels.TryFind(body.Channel, out _, out var error))
        {
            return ApiReply.Failed(error);
        }

        var command = new UnsubscribeUser { Client = body.OnlyClient, Channel = body.Channel };
        return await body.ExecuteAsync(cluster, command, cancellationToken);
    }
}
