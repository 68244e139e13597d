using System.Text.Json;

namespace WsCluster.Gateway.ServerApi;

/// <summary>How many commands a request is: a batch has those in it, a broadcast and an atomic publish one for each channel.</summary>
internal static class ApiCost
{
    /// <summary>Counts them in a body of any method.</summary>
    public static int Of(JsonElement body)
    {
        if (TryGetArray(body, "commands", out var commands))
        {
            return commands.EnumerateArray().Sum(command => command.ValueKind == JsonValueKind.Object ? command.EnumerateObject().Sum(member => OfOne(member.Value)) : 1);
        }

        return OfOne(body.ValueKind == JsonValueKind.Object && body.TryGetProperty("params", out var parameters) ? parameters : body);
    }

    private static int OfOne(JsonElement command) =>
        TryGetArray(command, "channels", out var channels) || TryGetArray(command, "publications", out channels) ? Math.Max(1, channels.GetArrayLength()) : 1;

    private static bool TryGetArray(JsonElement element, string name, out JsonElement array)
    {
        array = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out array) && array.ValueKind == JsonValueKind.Array;
    }
}
