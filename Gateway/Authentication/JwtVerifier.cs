using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Verifies JSON Web Tokens with the keys of <see cref="TokenOptions"/>, which may change while it runs. The signature
/// comes first: nothing that a token says is believed, its expiry neither, before it is known who said it. That is the
/// library's part; the claims are read here, since applications get theirs back byte for byte.
/// </summary>
internal sealed class JwtVerifier : ITokenVerifier, IDisposable
{
    private const int MaxLength = 16 * 1024;

    // The library's decoder would let spaces and padding pass.
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    // Two readers that pick different ones of repeated members could see different algorithms.
    private static readonly JsonDocumentOptions HeaderOptions = new() { AllowDuplicateProperties = false };

    private static readonly JsonWebTokenHandler Handler = new();

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
    public ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token) => VerifyAsync(token, ReadConnection);

    /// <inheritdoc/>
    public ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token) => VerifyAsync(token, ReadSubscription);

    /// <summary>Stops following the options.</summary>
    public void Dispose() => _changes?.Dispose();

    private async ValueTask<TokenResult<T>> VerifyAsync<T>(string token, Func<ClaimReader, TokenOptions, T?> read)
        where T : class
    {
        if (token.Length > MaxLength || token.AsSpan().ContainsAnyExcept(TokenChars))
        {
            return TokenResult<T>.Invalid;
        }

        var issuer = _issuer;
        var validation = await Handler.ValidateTokenAsync(token, issuer.Parameters);
        if (!validation.IsValid)
        {
            return TokenResult<T>.Invalid;
        }

        try
        {
            return Read((JsonWebToken)validation.SecurityToken, issuer.Options, read);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return TokenResult<T>.Invalid; // no JSON, base64 that ends oddly, or half a surrogate pair in a text that was asked for
        }
    }

    private TokenResult<T> Read<T>(JsonWebToken token, TokenOptions options, Func<ClaimReader, TokenOptions, T?> read)
        where T : class
    {
        var payload = Base64Url.DecodeFromChars(token.EncodedPayload);
        if (!IsUnderstood(token) || !Utf8.IsValid(payload))
        {
            return TokenResult<T>.Invalid;
        }

        using var document = JsonDocument.Parse(payload);
        var reader = new ClaimReader(document.RootElement);
        if (!IsIntended(reader, options))
        {
            return TokenResult<T>.Invalid;
        }

        var status = CheckTime(reader, options.ClockSkew);
        var claims = read(reader, options);
        return reader.IsValid && claims is not null ? new TokenResult<T>(status, claims) : TokenResult<T>.Invalid;
    }

    /// <summary>False when the header has critical extensions, which nobody here knows, or says a thing twice.</summary>
    private static bool IsUnderstood(JsonWebToken token)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedHeader), HeaderOptions);
        return !header.RootElement.TryGetProperty("crit"u8, out _);
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

    /// <summary>Options with what the library needs to know of them.</summary>
    private sealed class Issuer(TokenOptions options)
    {
        public TokenOptions Options { get; } = options;

        public TokenValidationParameters Parameters { get; } = SignatureOnly(TokenKeys.ByAlgorithm(options));

        private static TokenValidationParameters SignatureOnly(Dictionary<string, SecurityKey> keys) => new()
        {
            ValidAlgorithms = keys.Keys,
            IssuerSigningKeyResolver = (_, token, _, _) =>
                keys.TryGetValue(((JsonWebToken)token).Alg, out var key) ? [key] : [], // whatever key the header names
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        };
    }
}
