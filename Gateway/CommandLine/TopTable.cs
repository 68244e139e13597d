using System.Globalization;
using System.Text.Json;

namespace WsCluster.Gateway.CommandLine;

/// <summary>Two looks at the cluster, as lines for a terminal. Rates are differences of the two.</summary>
internal static class TopTable
{
    private static readonly string[] GatewayHead = ["GATEWAY", "CONNECTIONS", "USERS", "CHANNELS", "IN/S", "OUT/S", "QUEUED", "DELAY", "CPU", "MEMORY", "UP"];
    private static readonly string[] SiloHead = ["SILO", "STATUS", "CHANNELS", "USERS", "PUBLISHED/S", "SENT/S", "OUTBOX", "HISTORY", "CPU", "MEMORY", "UP"];

    /// <summary>The lines.</summary>
    public static IReadOnlyList<string> Render(ClusterSample before, ClusterSample now)
    {
        var seconds = Math.Max(0.001, (now.At - before.At).TotalSeconds);
        var gateways = now.Gateways.Values.OrderBy(NameOf, StringComparer.Ordinal).ToList();
        var silos = now.Silos.Values.OrderBy(silo => ClusterSample.Text(silo, "address"), StringComparer.Ordinal).ToList();
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Number(gateways.Count, "gateway")}, {Number(silos.Count(silo => ClusterSample.Text(silo, "status") == "Active"), "silo")}, {Count(Sum(gateways, "clients"))} connections, {Count(Total(gateways, before.Gateways, "commands", seconds))} in/s, {Count(Total(gateways, before.Gateways, "deliveries", seconds))} out/s   {now.At:HH:mm:ss} UTC"),
            "",
            .. Align([GatewayHead, .. gateways.Select(gateway => GatewayRow(gateway, before, seconds))]),
            "",
            .. Align([SiloHead, .. silos.Select(silo => SiloRow(silo, before, seconds))]),
        ];
    }

    private static string Number(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string[] GatewayRow(JsonElement gateway, ClusterSample before, double seconds)
    {
        if (ClusterSample.Is(gateway, "silent"))
        {
            return [NameOf(gateway), "does not answer"];
        }

        return
        [
            NameOf(gateway) + (ClusterSample.Is(gateway, "draining") ? " (draining)" : ""),
            Count(ClusterSample.Number(gateway, "clients")),
            Count(ClusterSample.Number(gateway, "users")),
            Count(ClusterSample.Number(gateway, "channels")),
            Count(Rate(gateway, before.Gateways, "commands", seconds)),
            Count(Rate(gateway, before.Gateways, "deliveries", seconds)),
            Bytes(ClusterSample.Number(gateway, "queued")),
            gateway.TryGetProperty("delay", out _) ? string.Create(CultureInfo.InvariantCulture, $"{ClusterSample.Number(gateway, "delay"):0.0} ms") : "-",
            Percent(Rate(gateway, before.Gateways, "cpu", seconds)),
            Bytes(ClusterSample.Number(gateway, "rss")),
            Age(ClusterSample.Number(gateway, "uptime")),
        ];
    }

    private static string[] SiloRow(JsonElement silo, ClusterSample before, double seconds)
    {
        var (name, status) = (ClusterSample.Text(silo, "address"), ClusterSample.Text(silo, "status"));
        if (ClusterSample.Is(silo, "silent") || status != "Active")
        {
            return [name, status == "Active" ? "does not answer" : status];
        }

        return
        [
            name,
            status,
            Count(ClusterSample.Number(silo, "channels")),
            Count(ClusterSample.Number(silo, "users")),
            Count(Rate(silo, before.Silos, "publications", seconds)),
            Bytes(Rate(silo, before.Silos, "bytes", seconds)),
            Bytes(ClusterSample.Number(silo, "outbox")),
            Bytes(ClusterSample.Number(silo, "history")),
            Percent(Rate(silo, before.Silos, "cpu", seconds)),
            Bytes(ClusterSample.Number(silo, "rss")),
            Age(ClusterSample.Number(silo, "uptime")),
        ];
    }

    private static string NameOf(JsonElement gateway) => ClusterSample.Text(gateway, "name") is { Length: > 0 } name ? name : ClusterSample.Text(gateway, "id");

    private static double Sum(IEnumerable<JsonElement> all, string name) => all.Sum(one => ClusterSample.Number(one, name));

    private static double Total(IEnumerable<JsonElement> all, IReadOnlyDictionary<string, JsonElement> before, string name, double seconds) =>
        all.Sum(one => Rate(one, before, name, seconds));

    /// <summary>What was not there before, or begins anew, has no rate yet.</summary>
    private static double Rate(JsonElement one, IReadOnlyDictionary<string, JsonElement> before, string name, double seconds) =>
        before.TryGetValue(ClusterSample.Text(one, "id"), out var earlier) && earlier.TryGetProperty(name, out _)
            ? Math.Max(0, ClusterSample.Number(one, name) - ClusterSample.Number(earlier, name)) / seconds
            : 0;

    /// <summary>The first column to the left, figures to the right.</summary>
    private static IEnumerable<string> Align(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => column < row.Length ? row[column].Length : 0)).ToList();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))));
    }

    private static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');

    /// <summary>Milliseconds of the processor in a second.</summary>
    private static string Percent(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 10:0} %");

    private static string Bytes(double bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B"),
        < 10_000 * 1024.0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024 / 1024:0} MiB"),
    };

    private static string Age(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 2 * 86400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:0} d"),
    };
}
