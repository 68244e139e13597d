using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WsCluster.Gateway.Authentication;

namespace WsCluster.Gateway.CommandLine;

/// <summary>What stands in a token, genuine or not: to explain what the verifier said, never to decide anything.</summary>
internal sealed class TokenReading
{
    private readonly JsonObject? _header;
    private readonly JsonObject? _claims;

    private TokenReading(JsonObject? header, JsonObject? claims) => (_header, _claims) = (header, claims);

    /// <summary>True when it is for one channel.</summary>
    public bool IsSubscription => _claims?.ContainsKey("channel") == true;

    private string Algorithm => Text(_header, "alg");

    /// <summary>Reads as much as can be read.</summary>
    public static TokenReading Of(string token) =>
        token.Split('.') is [var header, var claims, _] ? new TokenReading(Decode(header), Decode(claims)) : new TokenReading(null, null);

    /// <summary>Its parts for a person.</summary>
    public IEnumerable<(string Name, string Value)> Facts()
    {
        if (Algorithm.Length > 0)
        {
            yield return ("algorithm", Algorithm);
        }

        foreach (var (name, value) in _claims ?? [])
        {
            yield return (name, value is null ? "null" : Seconds(name) is { } time ? $"{value.ToJsonString()} ({time:yyyy-MM-dd HH:mm:ss} UTC)" : value.ToJsonString());
        }
    }

    /// <summary>Why a genuine token is not accepted.</summary>
    public string WhyNotInTime(TokenOptions options, DateTimeOffset now) =>
        Seconds("nbf") > now + options.ClockSkew ? $"it is good only {Distance(Seconds("nbf")!.Value - now)} from now (nbf)"
        : Seconds("exp") is { } end ? $"it ended {Distance(now - end)} ago (exp)"
        : "its time is over";

    /// <summary>Why it is none of ours, as far as that can be told.</summary>
    public string WhyInvalid(TokenOptions options)
    {
        if (_header is null || _claims is null)
        {
            return "it is not three parts in base64url, separated by dots, of which the first two are JSON objects";
        }

        var accepted = TokenKeys.ByAlgorithm(options).Keys.Order(StringComparer.Ordinal).ToList();
        if (accepted.Count == 0 && options.Jwks.Count == 0)
        {
            return "no key is configured to verify it with (WsCluster:Tokens), so that no token is";
        }

        if (options.Jwks.Count == 0 && !accepted.Contains(Algorithm))
        {
            return $"its algorithm is '{Algorithm}', but the configured keys are for {string.Join(", ", accepted)}";
        }

        if (options.Issuer.Length > 0 && Text(_claims, "iss") != options.Issuer)
        {
            return $"its iss is '{Text(_claims, "iss")}', but must be '{options.Issuer}'";
        }

        if (options.Audience.Length > 0 && _claims["aud"]?.ToJsonString().Contains($"\"{options.Audience}\"", StringComparison.Ordinal) != true)
        {
            return $"its aud is {_claims["aud"]?.ToJsonString() ?? "missing"}, but must be or contain '{options.Audience}'";
        }

        return "its signature is not by a configured key, or a claim has the wrong type";
    }

    private DateTimeOffset? Seconds(string claim) =>
        claim is "exp" or "nbf" or "iat" or "expire_at" && _claims?[claim] is JsonValue value && value.TryGetValue(out double seconds) && Math.Abs(seconds) < 250_000_000_000
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static string Text(JsonObject? part, string name) => part?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static JsonObject? Decode(string part)
    {
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part))) as JsonObject;
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static string Distance(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} seconds"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days"),
    };
}
