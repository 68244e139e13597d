using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Checks signatures with the keys of one <see cref="TokenOptions"/>: configured ones by algorithm, published ones by issuer
/// and key id. Whatever key or address a token itself brings is never looked at.
/// </summary>
internal sealed class SignatureVerifier
{
    private static readonly JsonWebTokenHandler Handler = new();

    private readonly TimeProvider _time;
    private readonly TokenValidationParameters _configured;
    private readonly JwksKeySet[] _published;

    public SignatureVerifier(TokenOptions options, IHttpClientFactory http, TimeProvider time, ILogger logger)
    {
        _time = time;
        Options = options;
        var keys = TokenKeys.ByAlgorithm(options);
        _configured = SignatureOnly(keys.Keys, (_, token, _, _) => Usable(keys, ((JsonWebToken)token).Alg));
        _published = [.. options.Jwks.Select(jwks => new JwksKeySet(jwks, options, http.CreateClient(TokenServices.JwksClient), time, logger))];
    }

    /// <summary>The options it was made of.</summary>
    public TokenOptions Options { get; }

    /// <summary>Whether some accepted key signed the token.</summary>
    /// <param name="token">The token, parsed.</param>
    /// <param name="isWorthAsking">
    /// False for a token that is refused whoever signed it: then no issuer is asked for a key that is not known yet.
    /// </param>
    public async ValueTask<Signature> VerifyAsync(JsonWebToken token, Func<bool> isWorthAsking)
    {
        if (await IsSignedAsync(token, _configured))
        {
            return new Signature(SignatureStatus.Good);
        }

        if (string.IsNullOrEmpty(token.Kid) || !KeyAlgorithms.All.Contains(token.Alg))
        {
            return new Signature(SignatureStatus.Bad);
        }

        var status = SignatureStatus.Bad;
        foreach (var set in _published.Where(set => set.Options.Issuer.Length == 0 || set.Options.Issuer == token.Issuer))
        {
            if (!isWorthAsking())
            {
                return new Signature(SignatureStatus.Bad);
            }

            var (key, isCertain) = await set.FindAsync(token.Kid, token.Alg);
            if (key is not null && await IsSignedAsync(token, SignatureOnly(key.Algorithms, (_, _, _, _) => [key.Key])))
            {
                return new Signature(SignatureStatus.Good, set.Options);
            }

            status = isCertain ? status : SignatureStatus.Unknown;
        }

        return new Signature(status);
    }

    private static async ValueTask<bool> IsSignedAsync(JsonWebToken token, TokenValidationParameters parameters) =>
        (await Handler.ValidateTokenAsync(token, parameters)).IsValid;

    private IEnumerable<SecurityKey> Usable(Dictionary<string, List<TokenKey>> keys, string algorithm) =>
        keys.TryGetValue(algorithm, out var known)
            ? known.Where(key => key.Until is not { } until || _time.GetUtcNow() < until).Select(key => key.Key)
            : [];

    private static TokenValidationParameters SignatureOnly(IEnumerable<string> algorithms, IssuerSigningKeyResolver keys) => new()
    {
        ValidAlgorithms = algorithms,
        IssuerSigningKeyResolver = keys,
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false,
    };
}

/// <summary>What is known of a token's signature.</summary>
internal enum SignatureStatus
{
    /// <summary>No accepted key made it.</summary>
    Bad,

    /// <summary>An accepted key made it.</summary>
    Good,

    /// <summary>The issuer that could tell cannot be asked now.</summary>
    Unknown,
}

/// <summary>A signature's check.</summary>
/// <param name="Status">Its outcome.</param>
/// <param name="Issuer">The issuer whose published key made a good one; null for a configured key.</param>
internal readonly record struct Signature(SignatureStatus Status, JwksOptions? Issuer = null);
