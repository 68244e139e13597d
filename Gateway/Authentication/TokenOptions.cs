using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Who may issue tokens, bound from <c>WsCluster:Tokens</c>. Each key allows its own algorithms only; without any key,
/// every token is invalid.
/// </summary>
internal class TokenOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Tokens";

    /// <summary>
    /// Secret shared with the issuer, for HS256, HS384 and HS512; use at least 32 random characters. Default: empty, none
    /// of these is accepted.
    /// </summary>
    public string HmacSecret { get; set; } = "";

    /// <summary>
    /// The secret before HmacSecret, accepted as well until PreviousHmacSecretUntil, so that a secret can be replaced while
    /// tokens signed with the old one are about. Default: empty, none.
    /// </summary>
    public string PreviousHmacSecret { get; set; } = "";

    /// <summary>When PreviousHmacSecret ends, such as 2030-01-31T12:00:00Z. Empty: as long as it is configured.</summary>
    public DateTimeOffset? PreviousHmacSecretUntil { get; set; }

    /// <summary>
    /// The issuer's RSA public key in PEM, at least 2048 bits, for RS256, RS384 and RS512. Several, one after the other,
    /// are all accepted, so that a key can be replaced. Default: empty, none of these is accepted.
    /// </summary>
    public string RsaPublicKey { get; set; } = "";

    /// <summary>
    /// The issuer's ECDSA public key in PEM. Its curve decides which algorithm is accepted: P-256 ES256, P-384 ES384,
    /// P-521 ES512. Several, one after the other, are all accepted. Default: empty, none.
    /// </summary>
    public string EcdsaPublicKey { get; set; } = "";

    /// <summary>Issuers that publish their keys at an address (JSON Web Key Sets, RFC 7517).</summary>
    public IList<JwksOptions> Jwks { get; set; } = [];

    /// <summary>How long a published key set is used before it is fetched again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan JwksLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Shortest time between two fetches of a key set because of a key id that it does not have. Within it, a token with such a
    /// key id gets a temporary error.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan JwksRefetchInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What <c>iss</c> must be. Default: empty, anything.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What <c>aud</c> must be or contain. Default: empty, anything.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that names the user. Default: <c>sub</c>.</summary>
    [Required]
    public string UserClaim { get; set; } = "sub";

    /// <summary>
    /// The claim that names the session (the login) that a token belongs to, which a revocation can name. A token without it
    /// is known by its <c>jti</c>. Default: <c>sid</c>.
    /// </summary>
    [Required]
    public string SessionClaim { get; set; } = "sid";

    /// <summary>
    /// How far the issuer's clock may be off: tokens are accepted that much before and after their time. Default: 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>True when some token can be verified.</summary>
    public bool HasKeys => HmacSecret.Length + PreviousHmacSecret.Length + RsaPublicKey.Length + EcdsaPublicKey.Length + Jwks.Count > 0;
}
