using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using WsCluster.Configuration;
using WsCluster.Gateway.Authentication;

namespace WsCluster.Gateway.CommandLine;

/// <summary>The key that a token is to be signed with: one that is given, else the configured secret.</summary>
internal sealed class SigningKey(CommandSettings settings)
{
    /// <summary>A shared secret.</summary>
    public Option<string?> Secret { get; } = new("--secret") { Description = "The shared secret to sign with.", HelpName = "secret" };

    /// <summary>A private key.</summary>
    public Option<string?> File { get; } = new("--key") { Description = "A private RSA or ECDSA key in PEM to sign with.", HelpName = "file" };

    /// <summary>The algorithm.</summary>
    public Option<string?> Algorithm { get; } = new("--algorithm") { Description = "HS256, HS384 or HS512; RS256, RS384 or RS512. Default: the 256 one; an ECDSA key has its own.", HelpName = "name" };

    /// <summary>A signer, and the options of whoever will verify.</summary>
    public TokenSigner Open(ParseResult parsed, bool isSubscription, out TokenOptions verifier)
    {
        var algorithm = parsed.GetValue(Algorithm);
        if (parsed.GetValue(Secret) is { } secret)
        {
            verifier = new TokenOptions();
            return ForSecret(secret, algorithm);
        }

        if (parsed.GetValue(File) is { } file)
        {
            verifier = new TokenOptions();
            return ForPem(file, algorithm);
        }

        return OpenConfigured(isSubscription, out verifier, algorithm);
    }

    /// <summary>A signer with the configured secret.</summary>
    public TokenSigner OpenConfigured(bool isSubscription, out TokenOptions verifier, string? algorithm = null)
    {
        var section = TokenOptions.SectionName;
        verifier = settings.Configuration.ReadChecked<TokenOptions>(section);
        if (isSubscription && settings.Configuration.ReadChecked<SubscriptionTokenOptions>(SubscriptionTokenOptions.SectionName) is { HasKeys: true } own)
        {
            (verifier, section) = (own, SubscriptionTokenOptions.SectionName);
        }

        return verifier switch
        {
            { HmacSecret.Length: > 0 } => ForSecret(verifier.HmacSecret, algorithm),
            { HasKeys: true } => throw new CommandFailure($"{section} has no HmacSecret, and with its public keys nobody can sign: give the private key with --key."),
            _ => throw new CommandFailure($"{section}:HmacSecret is not set: set it, or give a key with --secret or --key."),
        };
    }

    private static TokenSigner ForSecret(string secret, string? algorithm)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return algorithm switch
        {
            null or "HS256" => new TokenSigner("HS256", data => HMACSHA256.HashData(bytes, data)),
            "HS384" => new TokenSigner("HS384", data => HMACSHA384.HashData(bytes, data)),
            "HS512" => new TokenSigner("HS512", data => HMACSHA512.HashData(bytes, data)),
            _ => throw new CommandFailure($"--algorithm is '{algorithm}', but with a secret must be HS256, HS384 or HS512."),
        };
    }

    private static TokenSigner ForPem(string file, string? algorithm)
    {
        string pem;
        try
        {
            pem = System.IO.File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"--key is '{file}', but must be a file that can be read: {e.Message}");
        }

        return TryImport(RSA.Create(), pem) is { } rsa ? ForRsa(rsa, algorithm)
            : TryImport(ECDsa.Create(), pem) is { } ecdsa ? ForEcdsa(ecdsa, algorithm)
            : throw new CommandFailure($"--key is '{file}', but must hold a private RSA or ECDSA key in PEM.");
    }

    private static TokenSigner ForRsa(RSA rsa, string? algorithm)
    {
        var hash = algorithm switch
        {
            null or "RS256" => HashAlgorithmName.SHA256,
            "RS384" => HashAlgorithmName.SHA384,
            "RS512" => HashAlgorithmName.SHA512,
            _ => throw new CommandFailure($"--algorithm is '{algorithm}', but with an RSA key must be RS256, RS384 or RS512."),
        };
        return new TokenSigner(algorithm ?? "RS256", data => rsa.SignData(data, hash, RSASignaturePadding.Pkcs1), rsa);
    }

    private static TokenSigner ForEcdsa(ECDsa ecdsa, string? algorithm)
    {
        var own = KeyAlgorithms.Of(ecdsa) ?? throw new CommandFailure("--key is on a curve that tokens do not know: it must be P-256, P-384 or P-521.");
        var hash = own switch { "ES256" => HashAlgorithmName.SHA256, "ES384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        return algorithm is null || algorithm == own
            ? new TokenSigner(own, data => ecdsa.SignData(data, hash), ecdsa)
            : throw new CommandFailure($"--algorithm is '{algorithm}', but with this key must be {own}.");
    }

    private static T? TryImport<T>(T key, string pem)
        where T : AsymmetricAlgorithm
    {
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }
}
