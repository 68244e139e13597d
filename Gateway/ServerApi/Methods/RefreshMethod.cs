using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class RefreshBody : UserBody
{
    public bool Expired { get; set; }

    public long ExpireAt { get; set; }

    public JsonElement Info { get; set; }

    [JsonPropertyName("b64info")]
    public string? Base64Info { get; set; }
}

/// <summary>Changes the expiry and info of a user's connections.</summary>
internal sealed class RefreshMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "refresh";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.RefreshBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(RefreshBody body, CancellationToken cancellationToken)
    {
        if (!ApiData.TryReadOptional(body.Info, body.Base64Info, out var info) || !ApiTime.TryRead(body.ExpireAt, out var expireAt))
        {
            return ApiReply.Failed(ErrorCode.BadRequest);
        }

        var command = new RefreshUser { Client = body.OnlyClient, Expired = body.Expired, ExpireAt = expireAt, Info = info };
        return await body.ExecuteAsync(cluster, command, cancellationToken);
    }
}
