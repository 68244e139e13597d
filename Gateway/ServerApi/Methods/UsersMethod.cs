using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>The users that have connections, a page at a time.</summary>
internal sealed class UsersMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "users";

    public ApiCall Decode(JsonElement request)
    {
        var query = request.Deserialize(ApiJson.Default.ListBody)!.ToQuery();
        return async cancellationToken =>
        {
            var page = await cluster.ListUsersAsync(query, cancellationToken);
            return ApiReply.Of(json =>
            {
                json.WriteStartArray("users");
                foreach (var user in page.Items)
                {
                    json.WriteStartObject();
                    json.WriteString("user", user.User);
                    json.WriteNumber("num_clients", user.Connections);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                ApiOutput.WriteNext(json, page.Next);
            });
        };
    }
}
