using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using WsCluster.Gateway;
using WsCluster.Grains;

namespace WsCluster.Tests.Unit;

/// <summary>Metrics for what a test creates by hand.</summary>
internal static class TestMetrics
{
    private static readonly IMeterFactory Meters =
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static GatewayMetrics Gateway() => new(Meters);

    public static GrainMetrics Grains() => new(Meters);
}
