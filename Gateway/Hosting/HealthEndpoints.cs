using WsCluster.Grains.Hosting.Health;

namespace WsCluster.Gateway.Hosting;

/// <summary>Tells load balancers and orchestrators how the gateway is.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps <c>/health</c> and <c>/health/live</c> (the process answers) and <c>/health/ready</c> (send clients here).</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health", () => Results.Text("{}", "application/json"));
        app.MapGet("/health/live", () => HealthAnswer.Live());
        app.MapGet("/health/ready", (GatewayReadiness readiness) => HealthAnswer.Ready(readiness.Checks()));
    }
}
