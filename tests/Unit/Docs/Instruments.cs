using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WsCluster.Gateway;
using WsCluster.Grains;
using WsCluster.Grains.Limits;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>Every instrument of gateways and silos.</summary>
internal static class Instruments
{
    /// <summary>The instruments that these meters have, in the order of their names; gauges are given something to observe.</summary>
    public static IReadOnlyList<Instrument> All(IMeterFactory meters)
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name.StartsWith("WsCluster.", StringComparison.Ordinal))
            {
                found.Add(instrument);
            }
        };
        listener.Start();
        CreateGateway(meters);
        CreateGrains(meters);
        return [.. found.OrderBy(instrument => instrument.Name, StringComparer.Ordinal)];
    }

    /// <summary>Every instrument, of meters that nobody listens to.</summary>
    public static IReadOnlyList<Instrument> All()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        return All(services.GetRequiredService<IMeterFactory>());
    }

    private static void CreateGateway(IMeterFactory meters) => Observe(new GatewayMetrics(meters));

    private static void CreateGrains(IMeterFactory meters)
    {
        var grains = new GrainMetrics(meters);
        grains.Observe(new SiloLimits(Options.Create(new SiloLimitOptions())));
        Observe(grains);
    }

    /// <summary>Calls every method that creates a gauge, so that a new one is not forgotten here.</summary>
    private static void Observe(object metrics)
    {
        foreach (var method in metrics.GetType().GetMethods().Where(method => method.Name.StartsWith("Observe", StringComparison.Ordinal)))
        {
            switch (method.GetParameters())
            {
                case [{ ParameterType: var type }] when type == typeof(Func<long>):
                    method.Invoke(metrics, [() => 0L]);
                    break;
                case [{ ParameterType: var type }] when type == typeof(Func<bool>):
                    method.Invoke(metrics, [() => true]);
                    break;
            }
        }
    }
}
