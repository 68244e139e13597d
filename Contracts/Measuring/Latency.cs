using System.Diagnostics.Metrics;

namespace WsCluster.Measuring;

/// <summary>How times are measured.</summary>
internal static class Latency
{
    /// <summary>From a tenth of a millisecond to ten seconds: what is fast here is far below the buckets that exporters begin with.</summary>
    public static InstrumentAdvice<double> Buckets { get; } = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };
}
