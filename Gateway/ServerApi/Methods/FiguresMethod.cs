using System.Text.Json;
using WsCluster.Routing;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>What every gateway and silo holds and has done: counts that only grow, so that two answers give rates.</summary>
internal sealed class FiguresMethod(OrleansWsCluster cluster, IGrainFactory grains) : IApiMethod
{
    public string Name => "figures";

    public ApiCall Decode(JsonElement request) => RunAsync;

    private async Task<ApiReply> RunAsync(CancellationToken cancellationToken)
    {
        var figures = await cluster.AskAsync(() => grains.Find<IClusterFigures>(IClusterFigures.Key).ReadAsync(), cancellationToken);
        return ApiReply.Of(json =>
        {
            using var document = JsonDocument.Parse(figures);
            foreach (var part in document.RootElement.EnumerateObject())
            {
                part.WriteTo(json);
            }
        });
    }
}
