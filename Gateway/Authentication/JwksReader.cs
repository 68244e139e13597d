using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace WsCluster.Gateway.Authentication;

/// <summary>Reads a JSON Web Key Set (RFC 7517): public RSA and EC signing keys that have an id.</summary>
internal static class JwksReader
{
    private const int MaxKeys = 100;

    /// <summary>The keys by id, each with the algorithms that it is for. Keys of other kinds are left out.</summary>
    /// <exception cref="ArgumentException">It is not a key set.</exception>
    public static Dictionary<string, PublishedKey> Read(string json)
    {
        var keys = new Dictionary<string, PublishedKey>(StringComparer.Ordinal);
        foreach (var jwk in JsonWebKeySet.Create(json).Keys.Take(MaxKeys))
        {
            if (!string.IsNullOrEmpty(jwk.Kid) && jwk.Use is null or "" or "sig" && TryRead(jwk) is { } key)
            {
                keys.TryAdd(jwk.Kid, key);
            }
        }

        return keys;
    }

    private static PublishedKey? TryRead(JsonWebKey jwk)
    {
        try
        {
            var key = jwk.Kty switch
            {
                "RSA" => ReadRsa(jwk),
                "EC" => ReadEc(jwk),
                _ => null, // a secret ("oct") has no place in a public set, and would be an HMAC key for everybody
            };
            if (key is null || string.IsNullOrEmpty(jwk.Alg))
            {
                return key;
            }

            return key.Algorithms.Contains(jwk.Alg) ? key with { Algorithms = [jwk.Alg] } : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return null; // one broken key does not spoil the others
        }
    }

    private static PublishedKey? ReadRsa(JsonWebKey jwk)
    {
        var parameters = new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(jwk.N), Exponent = Base64UrlEncoder.DecodeBytes(jwk.E) };
        using var rsa = RSA.Create(parameters);
        return KeyAlgorithms.IsLongEnough(rsa) ? new PublishedKey(new RsaSecurityKey(parameters), KeyAlgorithms.Rsa) : null;
    }

    private static PublishedKey? ReadEc(JsonWebKey jwk)
    {
        ECCurve? curve = jwk.Crv switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => null,
        };
        if (curve is not { } known)
        {
            return null;
        }

        var point = new ECPoint { X = Base64UrlEncoder.DecodeBytes(jwk.X), Y = Base64UrlEncoder.DecodeBytes(jwk.Y) };
        var key = ECDsa.Create(new ECParameters { Curve = known, Q = point }); // not disposed: the library's cache may use it longer than we do
        return new PublishedKey(new ECDsaSecurityKey(key), [KeyAlgorithms.Of(key)!]);
    }
}

/// <summary>A key of a key set.</summary>
/// <param name="Key">The key.</param>
/// <param name="Algorithms">The algorithms that it is for.</param>
internal sealed record PublishedKey(SecurityKey Key, IReadOnlyList<string> Algorithms);
