using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>The live connections of the cluster or of one user, with their channels, a page at a time.</summary>
internal sealed class ConnectionsMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "connections";

    public ApiCall Decode(JsonElement request)
    {
        var query = request.Deserialize(ApiJson.Default.ListBody)!.ToQuery();
        return async cancellationToken =>
        {
            var page = await cluster.ListConnectionsAsync(query, cancellationToken);
            return ApiReply.Of(json =>
            {
                json.WriteStartArray("connections");
                foreach (var connection in page.Items)
                {
                    Write(json, connection);
                }

                json.WriteEndArray();
                ApiOutput.WriteNext(json, page.Next);
            });
        };
    }

    private static void Write(Utf8JsonWriter json, ConnectionDescription connection)
    {
        json.WriteStartObject();
        json.WriteString("client", connection.Client);
        json.WriteString("user", connection.User);
        json.WriteString("node", connection.GatewayId);
        json.WriteNumber("connected_at", connection.ConnectedAt.ToUnixTimeSeconds());
        json.WriteString("name", connection.Name);
        json.WriteString("version", connection.Version);
        json.WriteString("transport", connection.Transport);
        json.WriteString("session", connection.Session);
        json.WriteStartArray("channels");
        foreach (var channel in connection.Channels)
        {
            json.WriteStringValue(channel);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
