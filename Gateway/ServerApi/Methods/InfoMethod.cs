using System.Text.Json;
using WsCluster.Routing;

namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>What each gateway holds.</summary>
internal sealed class InfoMethod(IWsCluster cluster) : IApiMethod
{
    public string Name => "info";

    public ApiCall Decode(JsonElement request) => RunAsync;

    private async Task<ApiReply> RunAsync(CancellationToken cancellationToken)
    {
        var gateways = await cluster.GetGatewaysAsync(cancellationToken);
        return ApiReply.Of(json =>
        {
            json.WriteStartArray("nodes");
            foreach (var gateway in gateways)
            {
                WriteNode(json, gateway);
            }

            json.WriteEndArray();
        });
    }

    private static void WriteNode(Utf8JsonWriter json, GatewayDescription gateway)
    {
        json.WriteStartObject();
        json.WriteString("uid", gateway.GatewayId);
        json.WriteString("name", gateway.Name);
        json.WriteString("version", gateway.Version);
        json.WriteNumber("num_clients", gateway.Clients);
        json.WriteNumber("num_users", gateway.Users);
        json.WriteNumber("num_subs", gateway.Subscriptions);
        json.WriteNumber("num_channels", gateway.Channels);
        json.WriteNumber("uptime", (long)gateway.Uptime.TotalSeconds);
        if (gateway.ResidentBytes > 0)
        {
            json.WriteStartObject("process");
            json.WriteNumber("cpu", double.IsFinite(gateway.CpuPercent) ? Math.Round(gateway.CpuPercent, 2) : 0);
            json.WriteNumber("rss", gateway.ResidentBytes);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
