using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// The configured keys. A signature is checked with the key that its algorithm belongs to and no other: the text of a
/// public key, which everybody has, is never an HMAC secret.
/// </summary>
internal static class TokenKeys
{
    private const int MinRsaBits = 2048;
    private const int MinHmacBytes = 64;

    /// <summary>The key of each algorithm that is accepted. The configured keys must be valid or empty.</summary>
    public static Dictionary<string, SecurityKey> ByAlgorithm(TokenOptions options)
    {
        var keys = new Dictionary<string, SecurityKey>(StringComparer.Ordinal);
        if (options.HmacSecret.Length > 0)
        {
            keys["HS256"] = keys["HS384"] = keys["HS512"] = ReadHmac(options.HmacSecret);
        }

        if (options.RsaPublicKey.Length > 0)
        {
            using var rsa = ReadRsa(options.RsaPublicKey);
            keys["RS256"] = keys["RS384"] = keys["RS512"] = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false));
        }

        if (options.EcdsaPublicKey.Length > 0)
        {
            var ecdsa = ReadEcdsa(options.EcdsaPublicKey); // not disposed: the library's cache may use it longer than we do
            keys[AlgorithmOf(ecdsa)!] = new ECDsaSecurityKey(ecdsa);
        }

        return keys;
    }

    /// <summary>True for an RSA key in PEM that is long enough.</summary>
    public static bool IsRsaKey(string pem) => IsKey(pem, ReadRsa, static key => key.KeySize >= MinRsaBits);

    /// <summary>True for an ECDSA key in PEM on a curve that JWT knows.</summary>
    public static bool IsEcdsaKey(string pem) => IsKey(pem, ReadEcdsa, static key => AlgorithmOf(key) is not null);

    /// <summary>
    /// The library refuses secrets shorter than the hash. HMAC itself fills a key up with zeros to the block size of the
    /// hash (RFC 2104 §2), which is 64 bytes for SHA-256 and 128 for the others: filling it up to 64 here changes no
    /// signature. More would, since SHA-256 first hashes a key longer than its block.
    /// </summary>
    private static SymmetricSecurityKey ReadHmac(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        Array.Resize(ref bytes, Math.Max(bytes.Length, MinHmacBytes));
        return new SymmetricSecurityKey(bytes);
    }

    private static RSA ReadRsa(string pem)
    {
        var key = RSA.Create();
        key.ImportFromPem(pem);
        return key;
    }

    private static ECDsa ReadEcdsa(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }

    private static string? AlgorithmOf(ECDsa key) => key.KeySize switch
    {
        256 => "ES256",
        384 => "ES384",
        521 => "ES512",
        _ => null,
    };

    private static bool IsKey<T>(string pem, Func<string, T> read, Func<T, bool> isGood)
        where T : AsymmetricAlgorithm
    {
        try
        {
            using var key = read(pem);
            return isGood(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
