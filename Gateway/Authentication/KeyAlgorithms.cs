using System.Security.Cryptography;

namespace WsCluster.Gateway.Authentication;

/// <summary>Which algorithms a public key is for: its kind decides, never the token.</summary>
internal static class KeyAlgorithms
{
    private const int MinRsaBits = 2048;

    /// <summary>The algorithms of RSA keys.</summary>
    public static IReadOnlyList<string> Rsa { get; } = ["RS256", "RS384", "RS512"];

    /// <summary>All algorithms with a public key.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Rsa, "ES256", "ES384", "ES512"];

    /// <summary>True for an RSA key that is long enough.</summary>
    public static bool IsLongEnough(RSA key) => key.KeySize >= MinRsaBits;

    /// <summary>The one algorithm of an ECDSA key's curve; null for a curve that JWT does not know.</summary>
    public static string? Of(ECDsa key) => key.KeySize switch
    {
        256 => "ES256",
        384 => "ES384",
        521 => "ES512",
        _ => null,
    };
}
