using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Canaries;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Routing;

namespace WsCluster.Gateway.Hosting;

/// <summary>Tells load balancers and orchestrators how the gateway is.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps <c>/health</c> and <c>/health/live</c> (the process answers) and <c>/health/ready</c> (send clients here).</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health", () => Results.Text("{}", "application/json"));
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", (
            ClusterMembership cluster,
            GatewayRegistrar registrar,
            RevocationReader revocations,
            CanaryWatch canaries,
            ConnectionHost connections) =>
            connections.IsDraining ? NotReady("draining")
            : !cluster.HasJoined ? NotReady("the cluster is not there yet")
            : !revocations.IsInformed ? NotReady("revocations have not been read")
            : !registrar.IsRegistered ? NotReady("the cluster is out of reach")
            : canaries.IsSilent ? NotReady("deliveries do not arrive")
            : Results.Text("ready"));
    }

    private static IResult NotReady(string reason) => Results.Text($"not ready: {reason}", statusCode: StatusCodes.Status503ServiceUnavailable);
}
