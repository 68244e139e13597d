using System.ComponentModel.DataAnnotations;

namespace WsCluster.Gateway.Authentication;

/// <summary>An issuer that publishes its keys (an entry of <c>WsCluster:Tokens:Jwks</c>).</summary>
internal sealed class JwksOptions
{
    /// <summary>Where the key set is, such as "https://id.example.com/.well-known/jwks.json". Redirects are not followed.</summary>
    [RegularExpression("^https?://.+")]
    public string Url { get; set; } = "";

    /// <summary>What <c>iss</c> must be for these keys to count. Empty: anything.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What <c>aud</c> must be or contain for these keys to count. Empty: anything.</summary>
    public string Audience { get; set; } = "";
}
