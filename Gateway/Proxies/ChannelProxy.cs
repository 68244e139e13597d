using System.Text.Json;
using Microsoft.Extensions.Options;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Proxies;

/// <summary>Asks the application about channels over HTTP (protocol §23: subscribe, publish, sub_refresh).</summary>
internal sealed class ChannelProxy(ProxyClient client, IOptionsMonitor<ProxyOptions> options) : IChannelDecider
{
    /// <summary>True when the application is asked about subscriptions whose time is over.</summary>
    public bool AsksForRefresh => options.CurrentValue.SubRefreshUrl.Length > 0;

    public async Task<SubscribeDecision> MaySubscribeAsync(Connection connection, string channel, byte[] data)
    {
        using var answer = await client.AskAsync(options.CurrentValue.SubscribeUrl, mayRepeat: true, connection, json =>
        {
            json.WriteString("channel", channel);
            client.WriteData(json, data);
        });
        if (answer.Denial is not null || answer.Result is null)
        {
            return answer.Denial is { } denial ? new SubscribeDecision { Denial = denial } : SubscribeDecision.Deny;
        }

        var result = answer.Read();
        return Checked(result, new SubscribeDecision { Options = result.Options(result.ExpireAt()) });
    }

    public async Task<PublishDecision> MayPublishAsync(Connection connection, string channel, byte[] data, bool isSubscribed)
    {
        using var answer = await client.AskAsync(options.CurrentValue.PublishUrl, mayRepeat: false, connection, json =>
        {
            json.WriteString("channel", channel);
            client.WriteData(json, data);
        });
        if (answer.Denial is not null || answer.Result is null)
        {
            return answer.Denial is { } denial ? new PublishDecision { Denial = denial } : PublishDecision.Deny;
        }

        var result = answer.Read();
        var instead = new PublishRequest
        {
            Data = result.Bytes("b64data", "data") ?? data,
            Tags = Tags(result),
            IdempotencyKey = result.Text("idempotency_key") is { Length: > 0 } key ? key : null,
            SkipHistory = result.IsTrue("skip_history"),
            Delta = result.IsTrue("delta"),
            Version = (ulong)Math.Max(0, result.Number("version")),
            VersionEpoch = result.Text("version_epoch"),
        };
        return Checked(result, new PublishDecision { Instead = instead });
    }

    /// <summary>Asks whether an expired subscription may stay. Null when it may not; else when it expires next and its info.</summary>
    public async Task<SubscribeOptions?> RefreshAsync(Connection connection, Subscription subscription)
    {
        using var answer = await client.AskAsync(
            options.CurrentValue.SubRefreshUrl, mayRepeat: true, connection, json => json.WriteString("channel", subscription.Channel));
        var result = answer.Read();
        if (answer.Denial is not null || answer.Result is null || result.IsTrue("expired"))
        {
            return null;
        }

        return Checked(result, new SubscribeOptions { ExpireAt = result.ExpireAt(), ChanInfo = result.Bytes("b64info", "info") });
    }

    private static Dictionary<string, string>? Tags(ClaimReader result)
    {
        if (result.Json("tags") is not { } tags)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(tags);
        }
        catch (JsonException)
        {
            throw new WsClusterException(ErrorCode.Internal);
        }
    }

    private static T Checked<T>(ClaimReader result, T value) => result.IsValid ? value : throw new WsClusterException(ErrorCode.Internal);
}
