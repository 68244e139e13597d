using System.Text.Json;

namespace WsCluster.Gateway.CommandLine;

/// <summary>The figures of gateways and silos at one moment, by the names that the API gives them. Counts only grow.</summary>
/// <param name="At">When it was.</param>
/// <param name="Gateways">The gateways by id.</param>
/// <param name="Silos">The silos by id.</param>
internal sealed record ClusterSample(DateTimeOffset At, IReadOnlyDictionary<string, JsonElement> Gateways, IReadOnlyDictionary<string, JsonElement> Silos)
{
    /// <summary>Reads the API's answer.</summary>
    public static ClusterSample Parse(JsonElement figures) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(figures.GetProperty("at").GetInt64()),
        ById(figures.GetProperty("gateways")),
        ById(figures.GetProperty("silos")));

    /// <summary>A figure; zero where it is not said.</summary>
    public static double Number(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    /// <summary>A text; empty where it is not said.</summary>
    public static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>True where it is said to be.</summary>
    public static bool Is(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static Dictionary<string, JsonElement> ById(JsonElement list) =>
        list.EnumerateArray().ToDictionary(one => Text(one, "id"), StringComparer.Ordinal);
}
