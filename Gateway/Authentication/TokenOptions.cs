using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// Who may issue tokens, bound from <c>WsCluster:Tokens</c>. Each key allows its own algorithms only; without any key,
/// every token is invalid.
/// </summary>
internal sealed class TokenOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Tokens";

    /// <summary>
    /// Secret shared with the issuer, for HS256, HS384 and HS512; use at least 32 random characters. Default: empty, none
    /// of these is accepted.
    /// </summary>
    public string HmacSecret { get; set; } = "";

    /// <summary>
    /// The issuer's RSA public key in PEM, at least 2048 bits, for RS256, RS384 and RS512. Default: empty, none of these
    /// is accepted.
    /// </summary>
    public string RsaPublicKey { get; set; } = "";

    /// <summary>
    /// The issuer's ECDSA public key in PEM. Its curve decides which algorithm is accepted: P-256 ES256, P-384 ES384,
    /// P-521 ES512. Default: empty, none.
    /// </summary>
    public string EcdsaPublicKey { get; set; } = "";

    /// <summary>What <c>iss</c> must be. Default: empty, anything.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What <c>aud</c> must be or contain. Default: empty, anything.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that names the user. Default: <c>sub</c>.</summary>
    [Required]
    public string UserClaim { get; set; } = "sub";

    /// <summary>
    /// How far the issuer's clock may be off: tokens are accepted that much before and after their time. Default: zero, so
    /// that an expired token makes the client get a new one at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.Zero;
}
