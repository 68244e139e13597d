using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Proxies;

/// <summary>Lets the application answer the clients' rpc commands (protocol §12.4 and §23).</summary>
internal sealed class RpcProxy(ProxyClient client, IOptionsMonitor<ProxyOptions> options)
{
    /// <summary>True when the application answers.</summary>
    public bool IsOn => options.CurrentValue.RpcUrl.Length > 0;

    /// <summary>The application's no, or the data of its answer, which may be null.</summary>
    public async Task<(Denial? Denial, byte[]? Data)> CallAsync(Connection connection, RpcRequest request)
    {
        using var answer = await client.AskAsync(options.CurrentValue.RpcUrl, mayRepeat: false, connection, json =>
        {
            json.WriteString("method", request.Method);
            client.WriteData(json, request.Data.Span);
        });
        var result = answer.Read();
        var data = answer.Denial is null ? result.Bytes("b64data", "data") : null;
        return result.IsValid ? (answer.Denial, data) : throw new WsClusterException(ErrorCode.Internal);
    }
}
