using System.Text;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.Authentication;

/// <summary>What is logged about tokens. Never a token, never a secret.</summary>
internal static partial class TokenLog
{
    [LoggerMessage(101, LogLevel.Debug, "Fetched {Keys} keys from {Url}.", EventName = "KeysFetched")]
    public static partial void KeysFetched(ILogger logger, string url, int keys);

    [LoggerMessage(102, LogLevel.Warning, "The keys at {Url} could not be fetched, the last ones stay in force: {Problem}", EventName = "KeysOutOfReach")]
    public static partial void KeysOutOfReach(ILogger logger, string url, string problem);

    [LoggerMessage(103, LogLevel.Warning, "{Section}: the HMAC secret is shorter than 32 bytes: it can be found by trying, and who has it can be any user.", EventName = "ShortSecret")]
    private static partial void ShortSecret(ILogger logger, string section);

    [LoggerMessage(104, LogLevel.Warning, "{Section}: keys are fetched from {Url} without TLS: who is on the way can be any user.", EventName = "UnprotectedKeys")]
    private static partial void UnprotectedKeys(ILogger logger, string section, string url);

    /// <summary>Says at start what is weak about the configured keys.</summary>
    public static void Announce(ILogger logger, IServiceProvider services)
    {
        Announce(logger, TokenOptions.SectionName, services.GetRequiredService<IOptionsMonitor<TokenOptions>>().CurrentValue);
        Announce(logger, SubscriptionTokenOptions.SectionName, services.GetRequiredService<IOptionsMonitor<SubscriptionTokenOptions>>().CurrentValue);
    }

    private static void Announce(ILogger logger, string section, TokenOptions options)
    {
        if (IsShort(options.HmacSecret) || IsShort(options.PreviousHmacSecret))
        {
            ShortSecret(logger, section);
        }

        foreach (var jwks in options.Jwks.Where(set => new Uri(set.Url) is { Scheme: "http", IsLoopback: false }))
        {
            UnprotectedKeys(logger, section, jwks.Url);
        }
    }

    private static bool IsShort(string secret) => Encoding.UTF8.GetByteCount(secret) is > 0 and < 32;
}
