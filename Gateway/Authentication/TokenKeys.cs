using System.Security.Cryptography;
using System.Text;

namespace WsCluster.Gateway.Authentication;

/// <summary>
/// The configured keys. A signature is checked with the key that its algorithm belongs to and no other: the text of a
/// public key, which everybody has, is never an HMAC secret.
/// </summary>
internal sealed class TokenKeys
{
    private const int MinRsaBits = 2048;

    private readonly byte[]? _hmacSecret;
    private readonly KeyPool<RSA>? _rsa;
    private readonly KeyPool<ECDsa>? _ecdsa;
    private readonly string? _ecdsaAlgorithm;

    /// <summary>Reads the keys, which must be valid or empty.</summary>
    public TokenKeys(TokenOptions options)
    {
        if (options.HmacSecret.Length > 0)
        {
            _hmacSecret = Encoding.UTF8.GetBytes(options.HmacSecret);
        }

        if (options.RsaPublicKey.Length > 0)
        {
            _rsa = new KeyPool<RSA>(() => ReadRsa(options.RsaPublicKey));
        }

        if (options.EcdsaPublicKey.Length > 0)
        {
            _ecdsa = new KeyPool<ECDsa>(() => ReadEcdsa(options.EcdsaPublicKey));
            _ecdsaAlgorithm = _ecdsa.Use(key => AlgorithmOf(key));
        }
    }

    /// <summary>True for an RSA key in PEM that is long enough.</summary>
    public static bool IsRsaKey(string pem) => IsKey(pem, ReadRsa, static key => key.KeySize >= MinRsaBits);

    /// <summary>True for an ECDSA key in PEM on a curve that JWT knows.</summary>
    public static bool IsEcdsaKey(string pem) => IsKey(pem, ReadEcdsa, static key => AlgorithmOf(key) is not null);

    /// <summary>True when the algorithm is one of a configured key, and the signature is that key's.</summary>
    public bool Verify(string algorithm, byte[] signed, byte[] signature) => algorithm switch
    {
        "HS256" => VerifyHmac(HashAlgorithmName.SHA256, signed, signature),
        "HS384" => VerifyHmac(HashAlgorithmName.SHA384, signed, signature),
        "HS512" => VerifyHmac(HashAlgorithmName.SHA512, signed, signature),
        "RS256" => VerifyRsa(HashAlgorithmName.SHA256, signed, signature),
        "RS384" => VerifyRsa(HashAlgorithmName.SHA384, signed, signature),
        "RS512" => VerifyRsa(HashAlgorithmName.SHA512, signed, signature),
        "ES256" when _ecdsaAlgorithm == algorithm => VerifyEcdsa(HashAlgorithmName.SHA256, signed, signature),
        "ES384" when _ecdsaAlgorithm == algorithm => VerifyEcdsa(HashAlgorithmName.SHA384, signed, signature),
        "ES512" when _ecdsaAlgorithm == algorithm => VerifyEcdsa(HashAlgorithmName.SHA512, signed, signature),
        _ => false,
    };

    private bool VerifyHmac(HashAlgorithmName hash, byte[] signed, byte[] signature) =>
        _hmacSecret is not null
        && CryptographicOperations.FixedTimeEquals(CryptographicOperations.HmacData(hash, _hmacSecret, signed), signature);

    private bool VerifyRsa(HashAlgorithmName hash, byte[] signed, byte[] signature) =>
        _rsa is not null && _rsa.Use(key => key.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1));

    private bool VerifyEcdsa(HashAlgorithmName hash, byte[] signed, byte[] signature) =>
        _ecdsa is not null
        && _ecdsa.Use(key => key.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    private static string? AlgorithmOf(ECDsa key) => key.KeySize switch
    {
        256 => "ES256",
        384 => "ES384",
        521 => "ES512",
        _ => null,
    };

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
