using System.Text.Json;
using WsCluster.Gateway.Ledgers;
using WsCluster.Routing;

namespace WsCluster.Gateway.ServerApi.Methods;

internal sealed class ExplainBody
{
    public string? Channel { get; set; }

    /// <summary>Empty: the anonymous connections.</summary>
    public string? User { get; set; }

    public string? Client { get; set; }

    /// <summary>Absent or zero: the newest that are remembered.</summary>
    public ulong Offset { get; set; }
}

/// <summary>Why a user or a connection got a channel's publications, or did not: the ledgers of the cluster, in one answer.</summary>
internal sealed class ExplainMethod(ClusterLedger ledger, ApiChannels channels) : IApiMethod
{
    public string Name => "explain";

    public ApiCall Decode(JsonElement request)
    {
        var body = request.Deserialize(ApiJson.Default.ExplainBody)!;
        return cancellationToken => RunAsync(body, cancellationToken);
    }

    private async Task<ApiReply> RunAsync(ExplainBody body, CancellationToken cancellationToken)
    {
        if (!channels.TryFind(body.Channel, out _, out var error))
        {
            return ApiReply.Failed(error);
        }

        var client = string.IsNullOrEmpty(body.Client) ? null : body.Client;
        if (client is null && body.User is null)
        {
            return ApiReply.Failed(ErrorCode.BadRequest); // about nobody
        }

        var query = new ExplainQuery
        {
            Channel = body.Channel,
            User = client is not null && string.IsNullOrEmpty(body.User) ? null : body.User,
            Client = client,
            Offset = body.Offset == 0 ? null : body.Offset,
        };
        var explanation = await ledger.ExplainAsync(query, cancellationToken);
        return ApiReply.Of(json => ExplanationWriter.Write(json, explanation));
    }
}
