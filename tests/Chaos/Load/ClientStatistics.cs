using System.Collections.Concurrent;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>What all clients count together: the time from publish to delivery, and what no server may send.</summary>
internal sealed class ClientStatistics
{
    private const int Milliseconds = 60_000;
    private const int KeptAnomalies = 100;

    private readonly ConcurrentQueue<string> _anomalies = new();
    private int[] _latencies = new int[Milliseconds + 1]; // by millisecond; the last: and longer

    public void AddLatency(TimeSpan latency) =>
        Interlocked.Increment(ref _latencies[Math.Clamp((int)latency.TotalMilliseconds, 0, Milliseconds)]);

    public void AddAnomaly(string what)
    {
        if (_anomalies.Count < KeptAnomalies)
        {
            _anomalies.Enqueue(what);
        }
    }

    public IReadOnlyCollection<string> Anomalies => _anomalies;

    /// <summary>The times since the last call.</summary>
    public LatencySummary TakeLatencies()
    {
        var counts = Interlocked.Exchange(ref _latencies, new int[Milliseconds + 1]);
        var total = counts.Sum(c => (long)c);
        return new LatencySummary(total, At(counts, total, 0.5), At(counts, total, 0.99), At(counts, total, 1));
    }

    private static int At(int[] counts, long total, double share)
    {
        var left = (long)Math.Ceiling(total * share);
        for (var i = 0; i < counts.Length; i++)
        {
            left -= counts[i];
            if (left <= 0)
            {
                return i;
            }
        }

        return Milliseconds;
    }
}

/// <summary>Times from publish to delivery in milliseconds.</summary>
internal sealed record LatencySummary(long Deliveries, int P50, int P99, int Max);
