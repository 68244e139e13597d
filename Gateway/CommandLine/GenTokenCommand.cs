using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using WsCluster.Gateway.Authentication;

namespace WsCluster.Gateway.CommandLine;

/// <summary><c>gen-token</c>: a token as the application's own server would issue it.</summary>
internal sealed class GenTokenCommand
{
    private readonly Option<string> _user = new("--user", "-u") { Description = "The user. Default: the anonymous one.", HelpName = "id", DefaultValueFactory = _ => "" };
    private readonly Option<string?> _channel = new("--channel", "-c") { Description = "Make a subscription token, for this channel.", HelpName = "channel" };
    private readonly Option<string?> _client = new("--client") { Description = "With --channel: only for the connection with this id.", HelpName = "id" };
    private readonly Option<string> _expires = new("--expires", "-e") { Description = "How long it lasts: 90s, 30m, 12h, 7d or never.", HelpName = "time", DefaultValueFactory = _ => "1h" };
    private readonly Option<string?> _session = new("--session") { Description = "The session (the login) it belongs to, which a revocation can name.", HelpName = "id" };
    private readonly Option<string?> _info = new("--info") { Description = "JSON about the user that other subscribers see in presence and publications.", HelpName = "json" };
    private readonly Option<string?> _meta = new("--meta") { Description = "JSON that stays on the server.", HelpName = "json" };
    private readonly Option<string[]> _subscribe = new("--subscribe", "-s") { Description = "A channel that the server subscribes the connection to; can be repeated.", HelpName = "channel" };
    private readonly Option<string[]> _claims = new("--claim") { Description = "Another claim; can be repeated. A value that is not JSON is taken as text.", HelpName = "name=value" };

    /// <summary>The command.</summary>
    public static Command Create(CommandSettings settings)
    {
        var options = new GenTokenCommand();
        var key = new SigningKey(settings);
        var command = new Command(
            "gen-token",
            "Makes a connection token, or with --channel a subscription token, signed with the configured secret (WsCluster:Tokens) or a given key. Prints it.")
        {
            options._user, options._channel, options._client, options._expires, options._session, options._info, options._meta,
            options._subscribe, options._claims, key.Secret, key.File, key.Algorithm,
        };
        command.SetAction(async (parsed, _) =>
        {
            var isSubscription = parsed.GetValue(options._channel) is not null;
            using var signer = key.Open(parsed, isSubscription, out var verifier);
            var token = signer.Sign(options.Claims(parsed, verifier, DateTimeOffset.UtcNow));
            await parsed.InvocationConfiguration.Output.WriteLineAsync(token);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>A token of a user for a connection, as short-lived as a command.</summary>
    public static string ConnectionToken(CommandSettings settings, string user)
    {
        using var signer = new SigningKey(settings).OpenConfigured(isSubscription: false, out var verifier);
        return signer.Sign(Begin(user, verifier, DateTimeOffset.UtcNow, TimeSpan.FromDays(1)));
    }

    private static JsonObject Begin(string user, TokenOptions verifier, DateTimeOffset now, TimeSpan? lifetime)
    {
        var claims = new JsonObject { [verifier.UserClaim] = user, ["iat"] = now.ToUnixTimeSeconds() };
        if (lifetime is { } limited)
        {
            claims["exp"] = (now + limited).ToUnixTimeSeconds();
        }

        if (verifier.Issuer.Length > 0)
        {
            claims["iss"] = verifier.Issuer;
        }

        if (verifier.Audience.Length > 0)
        {
            claims["aud"] = verifier.Audience;
        }

        return claims;
    }

    private JsonObject Claims(ParseResult parsed, TokenOptions verifier, DateTimeOffset now)
    {
        var claims = Begin(parsed.GetValue(_user)!, verifier, now, Lifetime(parsed.GetValue(_expires)!));
        Add(verifier.SessionClaim, parsed.GetValue(_session));
        Add("channel", parsed.GetValue(_channel));
        Add("client", parsed.GetValue(_client));
        AddJson("info", "--info", parsed.GetValue(_info));
        AddJson("meta", "--meta", parsed.GetValue(_meta));
        if (parsed.GetValue(_subscribe) is { Length: > 0 } channels)
        {
            claims["channels"] = new JsonArray([.. channels.Select(channel => (JsonNode)channel)]);
        }

        foreach (var claim in parsed.GetValue(_claims) ?? [])
        {
            var equals = claim.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new CommandFailure($"--claim is '{claim}', but must be name=value.");
            }

            claims[claim[..equals]] = Json(claim[(equals + 1)..]) ?? claim[(equals + 1)..];
        }

        return claims;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        void AddJson(string name, string option, string? value)
        {
            if (value is not null)
            {
                claims[name] = Json(value) ?? throw new CommandFailure($"{option} is '{value}', but must be JSON.");
            }
        }
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan? Lifetime(string text)
    {
        if (text == "never")
        {
            return null;
        }

        var unit = text[^1..] switch { "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => 0 };
        return unit > 0 && long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 100_000_000
            ? TimeSpan.FromSeconds(Math.Min(count * unit, 100L * 365 * 86400))
            : throw new CommandFailure($"--expires is '{text}', but must be a time such as 90s, 30m, 12h or 7d, or never.");
    }
}
