using System.Globalization;
using System.Text.Json;

namespace WsCluster.Load;

/// <summary>The figures of a run.</summary>
internal sealed record Report
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public required int Connections { get; init; }
    public required int Channels { get; init; }
    public required int Publishers { get; init; }
    public required double Rate { get; init; }
    public required int Window { get; init; }
    public required int PayloadBytes { get; init; }
    public required double MeasuredSeconds { get; init; }
    public required double ConnectSeconds { get; init; }
    public required double PublishedPerSecond { get; init; }
    public required double DeliveredPerSecond { get; init; }
    public required double LatencyP50Ms { get; init; }
    public required double LatencyP90Ms { get; init; }
    public required double LatencyP99Ms { get; init; }
    public required double LatencyMaxMs { get; init; }
    public required double SendLatenessP99Ms { get; init; }
    public required long Lost { get; init; }
    public required long Duplicated { get; init; }
    public required long Reordered { get; init; }
    public required long Misrouted { get; init; }
    public required long Refused { get; init; }
    public required IReadOnlyDictionary<string, int> Troubles { get; init; }
    public required double? ServerCpuSeconds { get; init; }
    public required double? DeliveriesPerServerCpuSecond { get; init; }
    public required double? PublishesPerServerCpuSecond { get; init; }
    public required double? ServerRssMib { get; init; }
    public required IReadOnlyList<string> ServerProcesses { get; init; }
    public required double LoadCpuSeconds { get; init; }
    public required double OtherCpuSeconds { get; init; }

    /// <summary>True when every delivery arrived once, in order and where it belongs, on connections that stayed.</summary>
    public bool IsClean => Lost + Duplicated + Reordered + Misrouted + Refused == 0 && Troubles.Count == 0;

    public static Report Of(
        LoadOptions options, LoadRunState state, IReadOnlyList<Subscriber> subscribers, TimeSpan connecting, Usage usage)
    {
        var seconds = options.Duration.TotalSeconds;
        var published = state.Publishers.Sum(p => p.PublishedInWindow);
        var delivered = subscribers.Sum(s => s.DeliveredInWindow);
        var hasServer = usage.After.Count > 0;
        var cpu = Math.Max(usage.CpuSeconds, 0.01); // the kernel's resolution
        return new Report
        {
            Connections = options.Connections,
            Channels = options.Channels,
            Publishers = options.Publishers,
            Rate = options.Rate,
            Window = options.Window,
            PayloadBytes = options.PayloadBytes,
            MeasuredSeconds = seconds,
            ConnectSeconds = Math.Round(connecting.TotalSeconds, 2),
            PublishedPerSecond = Math.Round(published / seconds, 1),
            DeliveredPerSecond = Math.Round(delivered / seconds, 1),
            LatencyP50Ms = state.Latency.Milliseconds(0.5),
            LatencyP90Ms = state.Latency.Milliseconds(0.9),
            LatencyP99Ms = state.Latency.Milliseconds(0.99),
            LatencyMaxMs = state.Latency.MaxMilliseconds,
            SendLatenessP99Ms = state.Lateness.Milliseconds(0.99),
            Lost = subscribers.Sum(s => s.Ledger.CountLost(state.Publishers)),
            Duplicated = subscribers.Sum(s => s.Ledger.Duplicated),
            Reordered = subscribers.Sum(s => s.Ledger.Reordered),
            Misrouted = subscribers.Sum(s => s.Ledger.Misrouted),
            Refused = state.Publishers.Sum(p => p.Refused),
            Troubles = state.Troubles.Counts,
            ServerCpuSeconds = hasServer ? Math.Round(usage.CpuSeconds, 2) : null,
            DeliveriesPerServerCpuSecond = hasServer ? Math.Round(delivered / cpu) : null,
            PublishesPerServerCpuSecond = hasServer ? Math.Round(published / cpu) : null,
            ServerRssMib = hasServer ? Math.Round(usage.ResidentBytes / 1048576.0) : null,
            ServerProcesses =
            [
                .. usage.ByProcess.Select(p => string.Create(
                    CultureInfo.InvariantCulture, $"{p.Name} {p.CpuSeconds:F2} s {p.ResidentBytes / 1048576.0:F0} MiB")),
            ],
            LoadCpuSeconds = Math.Round(usage.OwnCpuSeconds, 2),
            OtherCpuSeconds = Math.Round(usage.OtherCpuSeconds, 2),
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The same rows for every run, so that the tables of several can be put side by side.</summary>
    public string ToTable()
    {
        (string Name, string Value)[] rows =
        [
            ("Subscribers", $"{Connections:N0}"),
            ("Channels", $"{Channels:N0}"),
            ("Publishers", $"{Publishers:N0}"),
            ("Load", Rate > 0 ? $"{Rate:N0}/s by the clock" : $"{Window:N0} in flight"),
            ("Payload, bytes", $"{PayloadBytes:N0}"),
            ("Time to connect and subscribe all, s", $"{ConnectSeconds:F2}"),
            ("Published/s", $"{PublishedPerSecond:N0}"),
            ("Delivered/s", $"{DeliveredPerSecond:N0}"),
            ("Latency p50, ms", $"{LatencyP50Ms:F1}"),
            ("Latency p90, ms", $"{LatencyP90Ms:F1}"),
            ("Latency p99, ms", $"{LatencyP99Ms:F1}"),
            ("Latency max, ms", $"{LatencyMaxMs:F1}"),
            ("Sent late by the load generator p99, ms", $"{SendLatenessP99Ms:F1}"),
            ("Lost / duplicated / reordered / misrouted", $"{Lost:N0} / {Duplicated:N0} / {Reordered:N0} / {Misrouted:N0}"),
            ("Refused / other troubles", $"{Refused:N0} / {Troubles.Values.Sum():N0}"),
            ("Server CPU seconds per second", OrDash(ServerCpuSeconds / MeasuredSeconds, "F2")),
            ("Deliveries per server CPU second", OrDash(DeliveriesPerServerCpuSecond, "N0")),
            ("Publishes per server CPU second", OrDash(PublishesPerServerCpuSecond, "N0")),
            ("Server memory (RSS), MiB", OrDash(ServerRssMib, "N0")),
            ("Load generator CPU seconds per second", $"{LoadCpuSeconds / MeasuredSeconds:F2}"),
            ("Other work on the machine, CPU seconds per second", $"{OtherCpuSeconds / MeasuredSeconds:F2}"),
        ];
        var width = rows.Max(r => r.Name.Length);
        var values = rows.Max(r => r.Value.Length);
        return string.Join('\n', rows.Select(r => $"| {r.Name.PadRight(width)} | {r.Value.PadLeft(values)} |"));
    }

    private static string OrDash(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
