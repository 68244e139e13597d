using System.Diagnostics.Metrics;

namespace WsCluster.Tests.Simulation.World;

/// <summary>Makes meters that end with the schedule.</summary>
internal sealed class MeterSource : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
