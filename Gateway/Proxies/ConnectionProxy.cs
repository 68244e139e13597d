using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Proxies;

/// <summary>What the application says about a client that connects without a token.</summary>
/// <param name="Denial">Why it may not connect; the rest is then empty.</param>
/// <param name="Identity">Who it is; null when the application does not say.</param>
/// <param name="Data">Data for the client in the connect reply, or null.</param>
/// <param name="Channels">The channels that it is subscribed to.</param>
internal sealed record ConnectAnswer(
    Denial? Denial, ClientIdentity? Identity, byte[]? Data, IReadOnlyDictionary<string, SubscribeOptions> Channels);

/// <summary>Asks the application who a client is, and whether it still is (protocol §23, connect and refresh).</summary>
internal sealed class ConnectionProxy(ProxyClient client, IOptionsMonitor<ProxyOptions> options, TimeProvider time)
{
    private static readonly IReadOnlyDictionary<string, SubscribeOptions> NoChannels = new Dictionary<string, SubscribeOptions>();

    /// <summary>True when the application is asked about clients without a token.</summary>
    public bool AsksForConnect => options.CurrentValue.ConnectUrl.Length > 0;

    /// <summary>True when the application is asked about clients whose time is over.</summary>
    public bool AsksForRefresh => options.CurrentValue.RefreshUrl.Length > 0;

    /// <summary>Asks who a client is.</summary>
    public async Task<ConnectAnswer> ConnectAsync(Connection connection, ConnectRequest request)
    {
        using var answer = await client.AskAsync(options.CurrentValue.ConnectUrl, mayRepeat: true, connection, json =>
        {
            json.WriteString("name", request.Name);
            json.WriteString("version", request.Version);
            client.WriteData(json, request.Data.Span);
            json.WriteStartArray("channels");
            foreach (var channel in request.Subs.Keys)
            {
                json.WriteStringValue(channel);
            }

            json.WriteEndArray();
        });
        if (answer.Denial is not null || answer.Result is null)
        {
            return new ConnectAnswer(answer.Denial, null, null, NoChannels);
        }

        var result = answer.Read();
        var channels = result.Subs();
        var identity = new ClientIdentity
        {
            User = result.Text("user"),
            Info = result.Bytes("b64info", "info"),
            Meta = result.Json("meta"),
            ExpireAt = result.ExpireAt(),
            IssuedAt = time.GetUtcNow(),
            TokenChannels = channels.Keys,
        };
        var data = result.Bytes("b64data", "data");
        return result.IsValid ? new ConnectAnswer(null, identity, data, channels) : throw new WsClusterException(ErrorCode.Internal);
    }

    /// <summary>Asks whether an expired connection may stay. Null when it may not, else its new identity.</summary>
    public async Task<ClientIdentity?> RefreshAsync(Connection connection, ClientIdentity identity)
    {
        using var answer = await client.AskAsync(options.CurrentValue.RefreshUrl, mayRepeat: true, connection, _ => { });
        var result = answer.Read();
        if (answer.Denial is not null || answer.Result is null || result.IsTrue("expired"))
        {
            return null;
        }

        var refreshed = identity with
        {
            ExpireAt = result.ExpireAt(),
            Info = result.Bytes("b64info", "info") ?? identity.Info,
            Meta = result.Json("meta") ?? identity.Meta,
        };
        return result.IsValid ? refreshed : throw new WsClusterException(ErrorCode.Internal);
    }
}
