using System.Text.Json;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class RpcBody
{
    public string? Method { get; set; }
}

/// <summary>Calls a method of the server's own. It has none, so every name is unknown.</summary>
internal sealed class RpcMethod : IApiMethod
{
    public string Name => "rpc";

    public ApiCall Decode(JsonElement request)
    {
        var method = request.Deserialize(ApiJson.Default.RpcBody)!.Method;
        var error = string.IsNullOrEmpty(method) ? ErrorCode.BadRequest : ErrorCode.MethodNotFound;
        return _ => Task.FromResult(ApiReply.Failed(error));
    }
}
