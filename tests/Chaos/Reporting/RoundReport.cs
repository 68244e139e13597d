using System.Globalization;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos.Reporting;

/// <summary>Times in seconds, of so many.</summary>
internal sealed record Times(int Count, double P50, double P99, double Max)
{
    public static Times Of(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        return sorted.Length == 0
            ? new Times(0, 0, 0, 0)
            : new Times(sorted.Length, At(sorted, 0.5), At(sorted, 0.99), sorted[^1]);
    }

    public override string ToString() =>
        Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{Count}: {P50:0.0} / {P99:0.0} / {Max:0.0} s");

    private static double At(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(sorted.Length * share) - 1)];
}

/// <summary>What one fault did.</summary>
internal sealed record RoundReport(
    string Fault,
    string Notes,
    Times ClientsBack,
    Times PublishesBack,
    Times PresenceRight,
    int Visits,
    Times Answered,
    double AllCaughtUpAfter,
    int Disconnects,
    int ByClients,
    LatencySummary Latency,
    MemorySummary Silos,
    MemorySummary Gateways,
    int Violations)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Fault} ({Notes})
          clients back {ClientsBack}; publishes back {PublishesBack}; presence right {PresenceRight}; all caught up after {AllCaughtUpAfter:0.0} s
          {Visits} connects of users and reads by them; answered {Answered}
          disconnects {Disconnects} ({ByClients} by clients); {Latency.Deliveries} deliveries, latency p50/p99/max {Latency.P50}/{Latency.P99}/{Latency.Max} ms
          MiB before/peak/after: silos {Silos}; gateways {Gateways}; violations so far {Violations}
        """);
}
