using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace WsCluster.Grains.Hosting.Health;

/// <summary>Tells orchestrators how the silo is.</summary>
public static class SiloHealth
{
    /// <summary>Maps <c>/health/live</c> (the process answers) and <c>/health/ready</c> (it is a working part of the cluster).</summary>
    public static void MapSiloHealth(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var readiness = app.ServiceProvider.GetRequiredService<SiloReadiness>();
        app.MapGet("/health/live", () => HealthAnswer.Live());
        app.MapGet("/health/ready", () => HealthAnswer.Ready(readiness.Checks()));
    }
}
