using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WsCluster.Gateway.Authorization;

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

    private readonly TimeProvider _time;
    private readonly RevocationList _revocations;
    private readonly IDisposable?[] _changes;
    private volatile SignatureVerifier _connections; // replaced whole, like the other
    private volatile SignatureVerifier? _subscriptions; // null: as connection tokens

    /// <summary>Starts with the current options, and follows their changes.</summary>
    public JwtVerifier(
        IOptionsMonitor<TokenOptions> options,
        IOptionsMonitor<SubscriptionTokenOptions> subscriptionOptions,
        IHttpClientFactory http,
        RevocationList revocations,
        TimeProvider time,
        ILogger<JwtVerifier> logger)
    {
        _time = time;
        _revocations = revocations;
        _connections = Verifier(options.CurrentValue);
        _subscriptions = SubscriptionVerifier(subscriptionOptions.CurrentValue);
        _changes =
        [
            options.OnChange(changed => _connections = Verifier(changed)),
            subscriptionOptions.OnChange(changed => _subscriptions = SubscriptionVerifier(changed)),
        ];

        SignatureVerifier Verifier(TokenOptions current) => new(current, http, time, logger);
        SignatureVerifier? SubscriptionVerifier(TokenOptions current) => current.HasKeys ? Verifier(current) : null;
    }

    /// <inheritdoc/>
    public ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token) =>
        VerifyAsync(token, _connections, ReadConnection, claims => _revocations.IsRevoked(claims.User, claims.Session, claims.IssuedAt));

    /// <inheritdoc/>
    public ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token) =>
        VerifyAsync(token, _subscriptions ?? _connections, ReadSubscription, claims =>
            _revocations.IsRevoked(claims.User, claims.Session, claims.IssuedAt)
            || _revocations.IsChannelRevoked(claims.User, claims.Channel, claims.IssuedAt));

    /// <summary>Stops following the options.</summary>
    public void Dispose() => Array.ForEach(_changes, change => change?.Dispose());

    private async ValueTask<TokenResult<T>> VerifyAsync<T>(
        string text, SignatureVerifier verifier, Func<ClaimReader, TokenOptions, T?> read, Func<T, bool> isRevoked)
        where T : class
    {
        if (text.Length > MaxLength || text.AsSpan().ContainsAnyExcept(TokenChars) || !TryParse(text, out var token))
        {
            return TokenResult<T>.Invalid;
        }

        var signature = await verifier.VerifyAsync(token, () => Read(token, verifier.Options, read).Status == TokenStatus.Valid);
        if (signature.Status != SignatureStatus.Good)
        {
            return signature.Status == SignatureStatus.Unknown ? TokenResult<T>.Unverifiable : TokenResult<T>.Invalid;
        }

        var result = Read(token, verifier.Options, read, signature.Issuer);
        return result.Claims is { } claims && isRevoked(claims) ? result with { Status = TokenStatus.Expired } : result;
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out JsonWebToken? token)
    {
        try
        {
            token = new JsonWebToken(text);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or JsonException or FormatException or InvalidOperationException)
        {
            token = null;
            return false;
        }
    }

    /// <summary>What a token says. Nothing of it may be believed before its signature is known to be good.</summary>
    private TokenResult<T> Read<T>(JsonWebToken token, TokenOptions options, Func<ClaimReader, TokenOptions, T?> read, JwksOptions? issuer = null)
        where T : class
    {
        try
        {
            var payload = Base64Url.DecodeFromChars(token.EncodedPayload);
            if (!IsUnderstood(token) || !Utf8.IsValid(payload))
            {
                return TokenResult<T>.Invalid;
            }

            using var document = JsonDocument.Parse(payload);
            var reader = new ClaimReader(document.RootElement);
            if (!IsIntended(reader, options.Issuer, options.Audience) || !IsIntended(reader, issuer?.Issuer ?? "", issuer?.Audience ?? ""))
            {
                return TokenResult<T>.Invalid;
            }

            var status = CheckTime(reader, options.ClockSkew);
            var claims = read(reader, options);
            return reader.IsValid && claims is not null ? new TokenResult<T>(status, claims) : TokenResult<T>.Invalid;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return TokenResult<T>.Invalid; // no JSON, base64 that ends oddly, or half a surrogate pair in a text that was asked for
        }
    }

    /// <summary>False when the header has critical extensions, which nobody here knows, or says a thing twice.</summary>
    private static bool IsUnderstood(JsonWebToken token)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedHeader), HeaderOptions);
        return !header.RootElement.TryGetProperty("crit"u8, out _);
    }

    private static bool IsIntended(ClaimReader reader, string issuer, string audience) =>
        (issuer.Length == 0 || reader.Text("iss") == issuer) && (audience.Length == 0 || reader.Contains("aud", audience));

    private TokenStatus CheckTime(ClaimReader reader, TimeSpan skew)
    {
        var now = _time.GetUtcNow();
        var isOver = reader.Time("exp") <= now - skew;
        var isEarly = reader.Time("nbf") > now + skew;
        return isOver || isEarly ? TokenStatus.Expired : TokenStatus.Valid;
    }

    private ConnectionToken? ReadConnection(ClaimReader reader, TokenOptions options)
    {
        if (reader.Has("channel"))
        {
            return null; // a subscription token, which may be in the hands of more people
        }

        return new ConnectionToken
        {
            User = reader.Text(options.UserClaim),
            Session = SessionOf(reader, options),
            IssuedAt = reader.Time("iat"),
            ExpireAt = ExpireAt(reader, options),
            Info = reader.Bytes("b64info", "info"),
            Meta = reader.Json("meta"),
            Subs = reader.Subs(),
        };
    }

    private SubscriptionToken? ReadSubscription(ClaimReader reader, TokenOptions options)
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
            Session = SessionOf(reader, options),
            IssuedAt = reader.Time("iat"),
            Options = reader.Options(ExpireAt(reader, options)),
        };
    }

    private static string SessionOf(ClaimReader reader, TokenOptions options) =>
        reader.Text(options.SessionClaim) is { Length: > 0 } session ? session : reader.Text("jti");

    /// <summary>
    /// When the connection or subscription expires. A token that only the clocks' difference keeps in time is good for that
    /// difference: otherwise it would be accepted, and its connection be expired already.
    /// </summary>
    private DateTimeOffset? ExpireAt(ClaimReader reader, TokenOptions options)
    {
        var expireAt = reader.ExpireAt();
        return !reader.Has("expire_at") && expireAt <= _time.GetUtcNow() ? expireAt + options.ClockSkew : expireAt;
    }
}
