using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class UserStatusBody
{
    public string? User { get; set; }
}

/// <summary>Whether a user is there, and when it last was.</summary>
internal sealed class UserStatusMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "user_status";

    public ApiCall Decode(JsonElement request)
    {
        var user = request.Deserialize(ApiJson.Default.UserStatusBody)!.User ?? "";
        return async cancellationToken =>
        {
            if (user.Length == 0)
            {
                return ApiReply.Failed(ErrorCode.BadRequest);
            }

            var status = await cluster.User(user).GetStatusAsync(cancellationToken);
            return ApiReply.Of(json =>
            {
                json.WriteBoolean("online", status.IsOnline);
                json.WriteNumber("num_clients", status.Connections);
                if (status.LastSeenAt is { } at)
                {
                    json.WriteNumber("last_seen", at.ToUnixTimeSeconds());
                }
            });
        };
    }
}
