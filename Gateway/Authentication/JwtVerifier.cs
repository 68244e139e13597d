using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Verifies JSON Web Tokens with the keys of <see cref="TokenOptions"/>, which may change while it runs. The signature
/// comes first: nothing that a token says is believed, its expiry neither, before it is known who said it.
/// </summary>
internal sealed class JwtVerifier : ITokenVerifier, IDisposable
{
    private readonly TimeProvider _time;
    private readonly IDisposable? _changes;
    private volatile Issuer _issuer; // replaced whole

    /// <summary>Starts with the current options, and follows their changes.</summary>
    public JwtVerifier(IOptionsMonitor<TokenOptions> options, TimeProvider time)
    {
        _time = time;
        _issuer = new Issuer(options.CurrentValue);
        _changes = options.OnChange(changed => _issuer = new Issuer(changed));
    }

    /// <inheritdoc/>
    public TokenStatus VerifyConnection(string token, out ConnectionToken? claims) =>
        Verify(token, ReadConnection, out claims);

    /// <inheritdoc/>
    public TokenStatus VerifySubscription(string token, out SubscriptionToken? claims) =>
        Verify(token, ReadSubscription, out claims);

    /// <summary>Stops following the options.</summary>
    public void Dispose() => _changes?.Dispose();

    private TokenStatus Verify<T>(string token, Func<ClaimReader, TokenOptions, T?> read, out T? claims)
        where T : class
    {
        claims = null;
        var issuer = _issuer;
        try
        {
            if (!SignedToken.TryOpen(token, issuer.Keys, out var payload) || !Utf8.IsValid(payload))
            {
                return TokenStatus.Invalid;
            }

            using var document = JsonDocument.Parse(payload);
            var reader = new ClaimReader(document.RootElement);
            if (!IsIntended(reader, issuer.Options))
            {
                return TokenStatus.Invalid;
            }

            var status = CheckTime(reader, issuer.Options.ClockSkew);
            var result = read(reader, issuer.Options);
            if (!reader.IsValid || result is null)
            {
                return TokenStatus.Invalid;
            }

            claims = result;
            return status;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return TokenStatus.Invalid; // no JSON, or half a surrogate pair in a text that was asked for
        }
    }

    private static bool IsIntended(ClaimReader reader, TokenOptions options) =>
        (options.Issuer.Length == 0 || reader.Text("iss") == options.Issuer)
        && (options.Audience.Length == 0 || reader.Contains("aud", options.Audience));

    private TokenStatus CheckTime(ClaimReader reader, TimeSpan skew)
    {
        var now = _time.GetUtcNow();
        var isOver = reader.Time("exp") <= now - skew;
        var isEarly = reader.Time("nbf") > now + skew;
        return isOver || isEarly ? TokenStatus.Expired : TokenStatus.Valid;
    }

    private static ConnectionToken? ReadConnection(ClaimReader reader, TokenOptions options)
    {
        if (reader.Has("channel"))
        {
            return null; // a subscription token, which may be in the hands of more people
        }

        return new ConnectionToken
        {
            User = reader.Text(options.UserClaim),
            ExpireAt = reader.ExpireAt(),
            Info = reader.Bytes("b64info", "info"),
            Meta = reader.Json("meta"),
            Subs = reader.Subs(),
        };
    }

    private static SubscriptionToken? ReadSubscription(ClaimReader reader, TokenOptions options)
    {
        var channel = reader.Text("channel");
        if (channel.Length == 0)
        {
            return null;
        }

        return new SubscriptionToken
        {
            Channel = channel,
            User = reader.Text(options.UserClaim),
            Client = reader.Text("client"),
            Options = reader.Options(reader.ExpireAt()),
        };
    }

    /// <summary>Options with the keys read from them.</summary>
    private sealed class Issuer(TokenOptions options)
    {
        public TokenOptions Options { get; } = options;

        public TokenKeys Keys { get; } = new(options);
    }
}
