using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Measuring;
using WsCluster.Routing;

namespace WsCluster.Grains.Figures;

/// <summary>Describes the silo that its key names. It counts while it is asked, and goes when nobody asks any more.</summary>
[KeyedSiloPlacement]
internal sealed class SiloFigures(IMeterFactory meters, GrainMetrics metrics, SiloLimits limits) : Grain, ISiloFigures, IDisposable
{
    private const string Publications = "wscluster.publications";
    private const string DeliveredBytes = "wscluster.delivery.bytes";
    private const string Retries = "wscluster.delivery.retries";
    private const string Overflows = "wscluster.outbox.overflows";

    private static readonly string Version =
        typeof(SiloFigures).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private readonly CounterReader _counters = new(meters, Publications, DeliveredBytes, Retries, Overflows);

    public Task<SiloDescription> DescribeAsync()
    {
        using var process = Process.GetCurrentProcess();
        return Task.FromResult(new SiloDescription
        {
            Version = SiloFigures.Version,
            Uptime = DateTime.Now - process.StartTime,
            Publications = _counters[Publications],
            DeliveredBytes = _counters[DeliveredBytes],
            Retries = _counters[Retries],
            Overflows = _counters[Overflows],
            OutboxBytes = limits.Outboxes.Used,
            HistoryBytes = limits.History.Used,
            Channels = metrics.ActiveChannels,
            Users = metrics.ActiveUsers,
            CpuTime = process.TotalProcessorTime,
            ResidentBytes = process.WorkingSet64,
        });
    }

    public void Dispose() => _counters.Dispose();
}
