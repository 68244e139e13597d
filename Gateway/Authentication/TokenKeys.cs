using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// The configured keys. A signature is checked with the keys that its algorithm belongs to and no other: the text of a
/// public key, which everybody has, is never an HMAC secret.
/// </summary>
internal static class TokenKeys
{
    private const int MinHmacBytes = 64;

    /// <summary>The keys of each algorithm that is accepted. The configured keys must be valid or empty.</summary>
    public static Dictionary<string, List<TokenKey>> ByAlgorithm(TokenOptions options)
    {
        var keys = new Dictionary<string, List<TokenKey>>(StringComparer.Ordinal);
        AddHmac(keys, options.HmacSecret, until: null);
        AddHmac(keys, options.PreviousHmacSecret, options.PreviousHmacSecretUntil);
        foreach (var pem in Blocks(options.RsaPublicKey))
        {
            using var rsa = ReadRsa(pem);
            var key = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false));
            Add(keys, new TokenKey(key), KeyAlgorithms.Rsa);
        }

        foreach (var pem in Blocks(options.EcdsaPublicKey))
        {
            var ecdsa = ReadEcdsa(pem); // not disposed: the library's cache may use it longer than we do
            Add(keys, new TokenKey(new ECDsaSecurityKey(ecdsa)), KeyAlgorithms.Of(ecdsa)!);
        }

        return keys;
    }

    /// <summary>True for one or more RSA keys in PEM that are long enough.</summary>
    public static bool AreRsaKeys(string pem) => AreKeys(pem, ReadRsa, KeyAlgorithms.IsLongEnough);

    /// <summary>True for one or more ECDSA keys in PEM on curves that JWT knows.</summary>
    public static bool AreEcdsaKeys(string pem) => AreKeys(pem, ReadEcdsa, static key => KeyAlgorithms.Of(key) is not null);

    private static void AddHmac(Dictionary<string, List<TokenKey>> keys, string secret, DateTimeOffset? until)
    {
        if (secret.Length > 0)
        {
            Add(keys, new TokenKey(ReadHmac(secret), until), "HS256", "HS384", "HS512");
        }
    }

    private static void Add(Dictionary<string, List<TokenKey>> keys, TokenKey key, params IReadOnlyList<string> algorithms)
    {
        foreach (var algorithm in algorithms)
        {
            if (!keys.TryGetValue(algorithm, out var known))
            {
                keys.Add(algorithm, known = []);
            }

            known.Add(key);
        }
    }

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

    /// <summary>The PEM blocks of a text, each as a text of its own.</summary>
    private static List<string> Blocks(string text)
    {
        var blocks = new List<string>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            blocks.Add(rest[fields.Location].ToString());
            rest = rest[fields.Location.End..];
        }

        return blocks;
    }

    private static bool AreKeys<T>(string pem, Func<string, T> read, Func<T, bool> isGood)
        where T : AsymmetricAlgorithm
    {
        try
        {
            var blocks = Blocks(pem);
            return blocks.Count > 0 && blocks.TrueForAll(block =>
            {
                using var key = read(block);
                return isGood(key);
            });
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>A key that is accepted.</summary>
/// <param name="Key">The key.</param>
/// <param name="Until">When it ends; null: never.</param>
internal sealed record TokenKey(SecurityKey Key, DateTimeOffset? Until = null);
