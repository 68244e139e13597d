using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>publish</c>: one message, or a line of standard input each.</summary>
internal sealed class PublishCommand(GatewayTarget target)
{
    private readonly Argument<string> _channel = new("channel") { Description = "The channel." };
    private readonly Argument<string> _data = new("data") { Description = "JSON; - publishes each line of standard input." };
    private readonly Option<bool> _text = new("--text", "-t") { Description = "The data is text, published as a JSON string." };
    private readonly Option<string[]> _tags = new("--tag") { Description = "A tag for subscribers' filters; can be repeated.", HelpName = "name=value" };
    private readonly Option<string?> _idempotencyKey = new("--idempotency-key") { Description = "Publishes once however often it is repeated within 5 minutes.", HelpName = "key" };
    private readonly Option<bool> _skipHistory = new("--skip-history") { Description = "To live subscribers only." };
    private readonly Option<bool> _delta = new("--delta") { Description = "Let subscribers get it as a difference." };

    /// <summary>The command.</summary>
    public static Command Create(CommandSettings settings)
    {
        var target = new GatewayTarget(settings);
        var options = new PublishCommand(target);
        var command = new Command("publish", "Publishes to a channel through the HTTP API of a gateway, and prints the position in the channel's stream.")
        {
            options._channel, options._data, target.Url, target.ApiKey, options._text, options._tags, options._idempotencyKey, options._skipHistory, options._delta,
        };
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var api = target.OpenApi(parsed);
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (parsed.GetRequiredValue(_data) != "-")
        {
            await output.WriteLineAsync(await PublishAsync(api, parsed, parsed.GetRequiredValue(_data), "data", cancellationToken));
            return ExitCodes.Done;
        }

        if (parsed.GetValue(_idempotencyKey) is not null)
        {
            throw new CommandFailure("--idempotency-key makes one publication of many lines: give data instead of -.");
        }

        var count = 0;
        using var progress = new ProgressLine(error);
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                await PublishAsync(api, parsed, line, $"Line {count + 1}", cancellationToken);
                progress.Report($"{++count} published");
            }
        }

        progress.Clear();
        await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{count} published."));
        return ExitCodes.Done;
    }

    private async Task<string> PublishAsync(ApiCaller api, ParseResult parsed, string data, string what, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["channel"] = parsed.GetRequiredValue(_channel), ["data"] = Data(parsed, data, what) };
        if (parsed.GetValue(_tags) is { Length: > 0 } tags)
        {
            request["tags"] = new JsonObject(tags.Select(Tag));
        }

        if (parsed.GetValue(_idempotencyKey) is { } key)
        {
            request["idempotency_key"] = key;
        }

        if (parsed.GetValue(_skipHistory))
        {
            request["skip_history"] = true;
        }

        if (parsed.GetValue(_delta))
        {
            request["delta"] = true;
        }

        var result = await api.CallAsync("publish", request, cancellationToken);
        return result.TryGetProperty("offset", out var offset) && result.TryGetProperty("epoch", out var epoch)
            ? $"offset {offset.GetUInt64()}, epoch {epoch.GetString()}"
            : "published, without history";
    }

    private JsonNode? Data(ParseResult parsed, string data, string what)
    {
        if (parsed.GetValue(_text))
        {
            return data;
        }

        try
        {
            return JsonNode.Parse(data);
        }
        catch (JsonException)
        {
            throw new CommandFailure($"{what} is '{data}', but must be JSON: add --text to publish it as a string.");
        }
    }

    private static KeyValuePair<string, JsonNode?> Tag(string tag)
    {
        var equals = tag.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? KeyValuePair.Create(tag[..equals], (JsonNode?)tag[(equals + 1)..])
            : throw new CommandFailure($"--tag is '{tag}', but must be name=value.");
    }
}
