using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class SubscribeBody : UserBody
{
    public string? Channel { get; set; }

    public long ExpireAt { get; set; }

    public JsonElement Info { get; set; }

    [JsonPropertyName("b64info")]
    public string? Base64Info { get; set; }

    public JsonElement Data { get; set; }

    [JsonPropertyName("b64data")]
    public string? Base64Data { get; set; }

    public PositionBody? RecoverSince { get; set; }

    public OverrideBody? Override { get; set; }
}

/// <summary>What a subscription says on top of its namespace's options (protocol §19).</summary>
internal sealed class OverrideBody
{
    public SwitchBody? Presence { get; set; }

    public SwitchBody? JoinLeave { get; set; }

    public SwitchBody? ForcePushJoinLeave { get; set; }

    public SwitchBody? ForceRecovery { get; set; }

    public SwitchBody? ForcePositioning { get; set; }
}

/// <summary>An overridden option.</summary>
internal sealed class SwitchBody
{
    public bool Value { get; set; }
}

/// <summary>Subscribes a user's connections to a channel on the server's side.</summary>
internal sealed class SubscribeMethod(IWsCluster cluster, ApiChannels channels) : IApiMethod
{
    public string Name => "subscribe";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.SubscribeBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(SubscribeBody body, CancellationToken cancellationToken)
    {
        if (!channels.TryFind(body.Channel, out _, out var error))
        {
            return ApiReply.Failed(error);
        }

        if (!ApiData.TryReadOptional(body.Info, body.Base64Info, out var info)
            || !ApiData.TryReadOptional(body.Data, body.Base64Data, out var data)
            || !ApiTime.TryRead(body.ExpireAt, out var expireAt))
        {
            return ApiReply.Failed(ErrorCode.BadRequest);
        }

        var command = new SubscribeUser
        {
            Client = body.OnlyClient,
            Channel = body.Channel,
            RecoverSince = body.RecoverSince?.ToPosition(),
            Options = new SubscribeOptions
            {
                ExpireAt = expireAt,
                ChanInfo = info,
                Data = data,
                Presence = body.Override?.Presence?.Value,
                JoinLeave = body.Override?.JoinLeave?.Value,
                ForcePushJoinLeave = body.Override?.ForcePushJoinLeave?.Value,
                ForceRecovery = body.Override?.ForceRecovery?.Value,
                ForcePositioning = body.Override?.ForcePositioning?.Value,
            },
        };
        return await body.ExecuteAsync(cluster, command, cancellationToken);
    }
}
