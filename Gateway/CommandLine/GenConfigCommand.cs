using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WsCluster.Configuration;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>gen-config</c>: a configuration to begin with, with secrets of its own.</summary>
internal static class GenConfigCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; it must not exist. Default: standard output.", HelpName = "file" };
        var redis = new Option<string?>("--redis") { Description = "The cluster's Redis, such as redis:6379. Default: none, for embedded mode.", HelpName = "connection" };
        var origins = new Option<string[]>("--origin") { Description = "A web page's origin that may connect, such as https://*.example.com; can be repeated.", HelpName = "origin" };
        var namespaces = new Option<string[]>("--namespace", "-n") { Description = "A namespace of channels; can be repeated. Default: chat.", HelpName = "name" };
        var command = new Command(
            "gen-config",
            "Writes a configuration to begin with: a token secret and an API key of its own, and namespaces with history, recovery and presence.") { output, redis, origins, namespaces };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var names = parsed.GetValue(namespaces) is { Length: > 0 } given ? given : ["chat"];
            var text = Create(parsed.GetValue(redis), parsed.GetValue(origins) ?? [], names).ToJsonString(Indented) + "\n";
            if (parsed.GetValue(output) is not { } path)
            {
                await parsed.InvocationConfiguration.Output.WriteAsync(text);
                return ExitCodes.Done;
            }

            await WriteAsync(path, text, cancellationToken);
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"Wrote {path}. It holds secrets. Start with it: --WsCluster:ConfigFile={path}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static JsonObject Create(string? redis, string[] origins, string[] namespaces)
    {
        var cluster = new JsonObject();
        if (redis is not null)
        {
            cluster[nameof(ClusterOptions.Redis)] = redis;
        }

        cluster["Tokens"] = new JsonObject { ["HmacSecret"] = RandomNumberGenerator.GetHexString(64, lowercase: true) };
        cluster["Api"] = new JsonObject { ["Keys"] = new JsonArray(RandomNumberGenerator.GetHexString(48, lowercase: true)) };
        if (origins.Length > 0)
        {
            cluster["Gateway"] = new JsonObject { ["AllowedOrigins"] = new JsonArray([.. origins.Select(origin => (JsonNode)origin)]) };
        }

        cluster["Channels"] = new JsonObject
        {
            ["Namespaces"] = new JsonObject(namespaces.Select(name => KeyValuePair.Create(name, (JsonNode?)Namespace(isDurable: redis is not null)))),
        };
        return new JsonObject { [ClusterOptions.SectionName] = cluster };
    }

    private static JsonObject Namespace(bool isDurable) => new()
    {
        [nameof(ChannelOptions.HistorySize)] = 100,
        [nameof(ChannelOptions.HistoryTtl)] = "01:00:00",
        [nameof(ChannelOptions.Durability)] = (isDurable ? ChannelDurability.Redis : ChannelDurability.Auto).ToString(),
        [nameof(ChannelOptions.ForceRecovery)] = true,
        [nameof(ChannelOptions.Presence)] = true,
        [nameof(ChannelOptions.JoinLeave)] = true,
        [nameof(ChannelOptions.AllowSubscribeForClient)] = true,
        [nameof(ChannelOptions.AllowPublishForSubscriber)] = true,
        [nameof(ChannelOptions.AllowPresenceForSubscriber)] = true,
        [nameof(ChannelOptions.AllowHistoryForSubscriber)] = true,
    };

    private static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        try
        {
            // For its owner alone: there are secrets in it.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using var writer = new StreamWriter(path, options);
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"--output is '{path}', but must be a file that can be created: {e.Message}");
        }
    }
}
