using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Authorization;

namespace WsCluster.Tests.Unit.Authentication;

/// <summary>Issues tokens, good ones and bad ones.</summary>
internal static class TestTokens
{
    public const string Secret = "secret";

    public static RSA Rsa { get; } = RSA.Create(2048);

    public static ECDsa P256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static ECDsa P384 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static ECDsa P521 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP521);

    /// <summary>A token signed with the test secret.</summary>
    public static string Hmac(string payload, string secret = Secret, string algorithm = "HS256", string headerRest = "") =>
        Sign(Header(algorithm, headerRest), payload, signed => CryptographicOperations.HmacData(HashOf(algorithm), Encoding.UTF8.GetBytes(secret), signed));

    /// <summary>A token signed with an RSA key.</summary>
    public static string Rs(string payload, string algorithm = "RS256", string headerRest = "", RSA? key = null) =>
        Sign(Header(algorithm, headerRest), payload, signed => (key ?? Rsa).SignData(signed, HashOf(algorithm), RSASignaturePadding.Pkcs1));

    /// <summary>A token signed with an ECDSA key, whatever its curve.</summary>
    public static string Es(string payload, ECDsa key, string algorithm, string headerRest = "") =>
        Sign(Header(algorithm, headerRest), payload, signed => key.SignData(signed, HashOf(algorithm)));

    /// <summary>A token with any header and any signature.</summary>
    public static string Sign(string header, string payload, Func<byte[], byte[]> sign)
    {
        var text = Encode(Encoding.UTF8.GetBytes(header)) + "." + Encode(Encoding.UTF8.GetBytes(payload));
        return text + "." + Encode(sign(Encoding.ASCII.GetBytes(text)));
    }

    public static string Header(string algorithm, string rest = "") => $$"""{"alg":"{{algorithm}}","typ":"JWT"{{rest}}}""";

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>A verifier with these options and the given time.</summary>
    public static JwtVerifier Verifier(
        TokenOptions options,
        TimeProvider time,
        SubscriptionTokenOptions? subscriptions = null,
        IHttpClientFactory? http = null,
        RevocationList? revocations = null) => new(
        new FixedOptions<TokenOptions>(options),
        new FixedOptions<SubscriptionTokenOptions>(subscriptions ?? new SubscriptionTokenOptions()),
        http ?? new NoHttp(),
        revocations ?? new RevocationList(time),
        time,
        NullLogger<JwtVerifier>.Instance);

    /// <summary>Fails the test that makes a request.</summary>
    private sealed class NoHttp : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException("No request was expected.");
    }

    private static HashAlgorithmName HashOf(string algorithm) => new("SHA" + algorithm[2..]);
}
