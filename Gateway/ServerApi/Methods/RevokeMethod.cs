using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class RevokeBody
{
    public string? User { get; set; }

    public string? Session { get; set; }

    public string? Channel { get; set; }

    public long IssuedBefore { get; set; }

    public long KeepUntil { get; set; }
}

/// <summary>Takes back tokens, or a user's right to a channel; see <see cref="Revocation"/>. Times are unix seconds.</summary>
internal sealed class RevokeMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "revoke";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.RevokeBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(RevokeBody body, CancellationToken cancellationToken)
    {
        if (!ApiTime.TryRead(body.IssuedBefore, out var issuedBefore) || !ApiTime.TryRead(body.KeepUntil, out var keepUntil))
        {
            return ApiReply.Failed(ErrorCode.BadRequest);
        }

        var revocation = new Revocation
        {
            User = body.User ?? "",
            Session = body.Session ?? "",
            Channel = body.Channel ?? "",
            IssuedBefore = issuedBefore,
            KeepUntil = keepUntil,
        };
        await cluster.RevokeAsync(revocation, cancellationToken);
        return ApiReply.Empty;
    }
}
