using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Authentication;
using static WsCluster.Tests.Unit.Authentication.TestTokens;

namespace WsCluster.Tests.Unit.Authentication;

public sealed class JwtSignatureTests
{
    private const string Payload = """{"sub":"7"}""";
    private static readonly string RsaPem = Rsa.ExportSubjectPublicKeyInfoPem();
    private static readonly string P256Pem = P256.ExportSubjectPublicKeyInfoPem();
    private static readonly TokenOptions HmacOnly = new() { HmacSecret = Secret };

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public async Task Verify_Hmac_NeedsTheSecret(string algorithm)
    {
        var token = Hmac(Payload, algorithm: algorithm);

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(token, HmacOnly));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, new TokenOptions { HmacSecret = "Secret" }));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, new TokenOptions { RsaPublicKey = RsaPem, EcdsaPublicKey = P256Pem }));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, new TokenOptions()));
    }

    /// <summary>Secrets around the length that short ones are filled up to, and around the block sizes of the hashes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    public async Task Verify_HmacSecretOfAnyLength_IsTheSameHmac(int length)
    {
        var secret = new string('s', length);
        foreach (var algorithm in new[] { "HS256", "HS384", "HS512" })
        {
            var token = Hmac(Payload, secret, algorithm);

            Assert.Equal(TokenStatus.Valid, await VerifyAsync(token, new TokenOptions { HmacSecret = secret }));
            Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, new TokenOptions { HmacSecret = secret + "s" }));
        }
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    public async Task Verify_Rsa_NeedsTheKey(string algorithm)
    {
        var token = Rs(Payload, algorithm);

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(token, new TokenOptions { RsaPublicKey = RsaPem }));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(token, new TokenOptions { RsaPublicKey = Rsa.ExportRSAPublicKeyPem() }));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, HmacOnly));
        using var other = RSA.Create(2048);
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, new TokenOptions { RsaPublicKey = other.ExportSubjectPublicKeyInfoPem() }));
    }

    [Fact]
    public async Task Verify_Ecdsa_TheCurveDecidesTheAlgorithm()
    {
        (ECDsa Key, string Algorithm)[] keys = [(P256, "ES256"), (P384, "ES384"), (P521, "ES512")];
        foreach (var (key, algorithm) in keys)
        {
            var options = new TokenOptions { EcdsaPublicKey = key.ExportSubjectPublicKeyInfoPem() };
            foreach (var other in new[] { "ES256", "ES384", "ES512" })
            {
                Assert.Equal(other == algorithm ? TokenStatus.Valid : TokenStatus.Invalid, await VerifyAsync(Es(Payload, key, other), options));
            }

            Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Es(Payload, key, algorithm), HmacOnly));
        }
    }

    [Fact]
    public async Task Verify_AllKeysConfigured_EachVerifiesItsOwn()
    {
        var options = new TokenOptions { HmacSecret = Secret, RsaPublicKey = RsaPem, EcdsaPublicKey = P256Pem };

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Hmac(Payload), options));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload), options));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Es(Payload, P256, "ES256"), options));
    }

    [Fact]
    public async Task Verify_HmacWithThePublicKeyAsSecret_IsInvalid()
    {
        foreach (var pem in new[] { RsaPem, RsaPem.Trim(), RsaPem + "\n", P256Pem })
        {
            var token = Hmac(Payload, secret: pem);

            Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, new TokenOptions { RsaPublicKey = RsaPem, EcdsaPublicKey = P256Pem }));
            Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, new TokenOptions { RsaPublicKey = RsaPem, HmacSecret = Secret }));
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("hs256")]
    [InlineData("HS1")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    public async Task Verify_OtherAlgorithm_IsInvalid(string algorithm)
    {
        var options = new TokenOptions { HmacSecret = Secret, RsaPublicKey = RsaPem, EcdsaPublicKey = P256Pem };
        var signature = Hmac(Payload).Split('.')[2];
        var unsigned = Sign(Header(algorithm), Payload, _ => []);

        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(unsigned, options));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(unsigned + signature, options));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(unsigned[..^1], options));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Sign(Header(algorithm), Payload, s => HMACSHA256.HashData("secret"u8, s)), options));
    }

    [Fact]
    public async Task Verify_NoSecretConfigured_TheEmptySecretIsInvalid() =>
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Hmac(Payload, secret: ""), new TokenOptions { RsaPublicKey = RsaPem }));

    [Theory]
    [InlineData(64, 0x00)]
    [InlineData(64, 0xFF)]
    [InlineData(0, 0x00)]
    [InlineData(63, 0x01)]
    [InlineData(65, 0x01)]
    [InlineData(1000, 0x30)]
    public async Task Verify_EcdsaSignatureOfConstants_IsInvalid(int length, byte value) =>
        Assert.Equal(
            TokenStatus.Invalid,
            await VerifyAsync(Sign(Header("ES256"), Payload, _ => [.. Enumerable.Repeat(value, length)]), new TokenOptions { EcdsaPublicKey = P256Pem }));

    [Fact]
    public async Task Verify_EcdsaSignatureInDer_IsInvalid() =>
        Assert.Equal(
            TokenStatus.Invalid,
            await VerifyAsync(
                Sign(Header("ES256"), Payload, s => P256.SignData(s, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
                new TokenOptions { EcdsaPublicKey = P256Pem }));

    [Fact]
    public async Task Verify_TruncatedHmac_IsInvalid()
    {
        var token = Sign(Header("HS256"), Payload, s => HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), s)[..16]);

        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token, HmacOnly));
    }

    [Fact]
    public async Task Verify_KeysInTheHeader_AreIgnored()
    {
        using var attacker = RSA.Create(2048);
        var modulus = Encode(attacker.ExportParameters(false).Modulus!);
        var rest = $$""","jwk":{"kty":"RSA","n":"{{modulus}}","e":"AQAB"},"jku":"http://localhost/k","x5u":"http://localhost/c","kid":"../../k" """;
        var forged = Sign(Header("RS256", rest), Payload, s => attacker.SignData(s, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(forged, new TokenOptions { RsaPublicKey = RsaPem }));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Hmac(Payload, headerRest: rest), HmacOnly));
    }

    [Theory]
    [InlineData(",\"crit\":[\"b64\"],\"b64\":false")]
    [InlineData(",\"crit\":[]")]
    [InlineData(",\"alg\":\"HS256\"")]
    public async Task Verify_CriticalOrRepeatedHeaderMembers_AreInvalid(string rest) =>
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Hmac(Payload, headerRest: rest), HmacOnly));

    [Fact]
    public async Task Verify_ChangedPayload_IsInvalid()
    {
        var parts = Hmac(Payload).Split('.');
        parts[1] = Encode("""{"sub":"8"}"""u8.ToArray());

        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(string.Join('.', parts), HmacOnly));
    }

    [Fact]
    public async Task Verify_BadSignatureOfExpiredToken_IsInvalid() =>
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Hmac("""{"exp":1}""", secret: "other"), HmacOnly));

    [Fact]
    public async Task Verify_MalformedText_IsInvalid()
    {
        var token = Hmac(Payload);
        foreach (var text in new[]
                 {
                     "", ".", "..", "...", "a.b.c", token + ".", "." + token, token + "=", token + " ", " " + token, token + "\n",
                     token.Replace('.', ' '), token.Insert(5, " "), token[..^1], token[(token.IndexOf('.', StringComparison.Ordinal) + 1)..],
                     "\u00e9" + token, token.Replace(".", ".\ud800", StringComparison.Ordinal),
                 })
        {
            Assert.Equal(TokenStatus.Invalid, await VerifyAsync(text, HmacOnly));
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"alg\":null}")]
    [InlineData("{\"alg\":256}")]
    [InlineData("{\"alg\":[\"HS256\"]}")]
    [InlineData("{\"alg\":\"\\ud800\"}")]
    [InlineData("{\"alg\":\"HS256\"")]
    [InlineData("not json")]
    public async Task Verify_MalformedHeader_IsInvalid(string header) =>
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Sign(header, Payload, s => HMACSHA256.HashData("secret"u8, s)), HmacOnly));

    [Fact]
    public async Task Verify_HugeToken_IsInvalid()
    {
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Hmac($$"""{"info":"{{new string('x', 12_000)}}"}"""), HmacOnly));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Hmac($$"""{"info":"{{new string('x', 13_000)}}"}"""), HmacOnly));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(new string('.', 50_000_000), HmacOnly));
    }

    [Fact]
    public async Task Verify_ManyAtOnce_AreAllRight()
    {
        using var verifier = Verifier(new TokenOptions { RsaPublicKey = RsaPem, EcdsaPublicKey = P256Pem }, new FakeTimeProvider());
        var good = new[] { Rs(Payload), Es(Payload, P256, "ES256") };
        var bad = good.Select(t => string.Join('.', t.Split('.')[0], Encode("{}"u8.ToArray()), t.Split('.')[2])).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                Assert.Equal(TokenStatus.Valid, (await verifier.VerifyConnectionAsync(good[i % 2])).Status);
                Assert.Equal(TokenStatus.Invalid, (await verifier.VerifyConnectionAsync(bad[i % 2])).Status);
            }
        })));
    }

    private static async Task<TokenStatus> VerifyAsync(string token, TokenOptions options)
    {
        using var verifier = Verifier(options, new FakeTimeProvider());
        var (status, claims) = await verifier.VerifyConnectionAsync(token);
        Assert.Equal(status == TokenStatus.Invalid, claims is null);
        return status;
    }
}
