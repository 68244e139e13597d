using System.Text;
using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class DisconnectBody : UserBody
{
    public List<string?>? Whitelist { get; set; }

    public CloseBody? Disconnect { get; set; }
}

/// <summary>The close code and reason that clients see.</summary>
internal sealed class CloseBody
{
    public int Code { get; set; }

    public string? Reason { get; set; }
}

/// <summary>Ends a user's connections.</summary>
internal sealed class DisconnectMethod(IWsCluster cluster) : IApiMethod
{
    private const int MaxReasonBytes = 123; // RFC 6455 §5.5: a close frame has 125 bytes, two of them the code

    public string Name => "disconnect";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.DisconnectBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(DisconnectBody body, CancellationToken cancellationToken)
    {
        var code = body.Disconnect is { Code: not 0 } close ? close.Code : (int)DisconnectCode.ForceNoReconnect;
        var reason = string.IsNullOrEmpty(body.Disconnect?.Reason) ? ((DisconnectCode)code).Reason() : body.Disconnect.Reason;
        if (code is < 3000 or > 4999 || Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
        {
            return ApiReply.Failed(ErrorCode.BadRequest); // no WebSocket could carry it
        }

        var command = new DisconnectUser
        {
            Client = body.OnlyClient,
            Code = code,
            Reason = reason,
            Whitelist = body.Whitelist is { Count: > 0 } spared ? [.. spared.OfType<string>()] : null,
        };
        return await body.ExecuteAsync(cluster, command, cancellationToken);
    }
}
