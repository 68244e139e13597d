using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Authentication;
using static WsCluster.Tests.Unit.Authentication.TestTokens;

namespace WsCluster.Tests.Unit.Authentication;

/// <summary>Keys that an issuer publishes (protocol §19, JWKS).</summary>
public sealed class JwksTests : IDisposable
{
    private const string Payload = """{"sub":"7","iss":"us"}""";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly FakeKeyServer _server = new();
    private readonly TokenOptions _options = new() { Jwks = [new JwksOptions { Url = FakeKeyServer.Url, Issuer = "us" }] };
    private JwtVerifier? _verifier;

    private JwtVerifier Tokens => _verifier ??= Verifier(_options, _time, http: _server);

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    public async Task Verify_PublishedRsaKey_IsFoundByItsId(string algorithm)
    {
        _server.AddRsa("other", RSA.Create(2048));
        _server.AddRsa("mine", Rsa);

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, algorithm, Kid("mine"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs(Payload, algorithm, Kid("other"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs(Payload, algorithm)));
    }

    [Fact]
    public async Task Verify_PublishedEcKey_IsForItsCurvesAlgorithmOnly()
    {
        _server.AddEc("p256", P256, "P-256");
        _server.AddEc("p384", P384, "P-384");
        _server.AddEc("p521", P521, "P-521");

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Es(Payload, P256, "ES256", Kid("p256"))));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Es(Payload, P384, "ES384", Kid("p384"))));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Es(Payload, P521, "ES512", Kid("p521"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Es(Payload, P256, "ES384", Kid("p256"))));
    }

    [Fact]
    public async Task Verify_KeyWithAnAlgorithm_IsForThatOneOnly()
    {
        _server.AddRsa("k", Rsa, alg: "RS384");

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS384", Kid("k"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
    }

    [Fact]
    public async Task Verify_KeysOfOtherKinds_AreLeftOut()
    {
        var secret = new string('s', 64);
        _server.Add(new { kty = "oct", kid = "oct", k = Encode(System.Text.Encoding.UTF8.GetBytes(secret)), alg = "HS256" });
        _server.Add(new { kty = "RSA", kid = "broken", n = "**", e = "AQAB" });
        _server.AddRsa("encryption", Rsa, use: "enc");
        _server.AddRsa("weak", RSA.Create(1024));
        _server.AddRsa("good", Rsa, use: "sig");

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("good"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Hmac(Payload, secret, "HS256", Kid("oct"))));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs(Payload, "RS256", Kid("encryption"))));
    }

    [Fact]
    public async Task Verify_SeveralIssuers_EachHasItsOwnKeys()
    {
        using var theirs = RSA.Create(2048);
        var other = new JwksOptions { Url = FakeKeyServer.Url, Issuer = "them", Audience = "here" };
        _options.Jwks.Add(other);
        _server.AddRsa("k", Rsa);

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs("""{"iss":"them","aud":"here"}""", "RS256", Kid("k"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs("""{"iss":"them","aud":"there"}""", "RS256", Kid("k"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs("""{"iss":"nobody","aud":"here"}""", "RS256", Kid("k"))));
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs("""{"aud":"here"}""", "RS256", Kid("k"))));
    }

    [Theory]
    [InlineData("""{"iss":"nobody"}""", "RS256", "k")]
    [InlineData("""{"iss":"us","exp":1}""", "RS256", "k")]
    [InlineData("""{"iss":"us","aud":"elsewhere"}""", "RS256", "k")]
    [InlineData("""{"iss":"us","channel":"c"}""", "RS256", "k")]
    [InlineData("""{"iss":"us","sub":7}""", "RS256", "k")]
    [InlineData("not json", "RS256", "k")]
    [InlineData("""{"iss":"us"}""", "HS256", "k")]
    [InlineData("""{"iss":"us"}""", "none", "k")]
    [InlineData("""{"iss":"us"}""", "RS256", "")]
    public async Task Verify_TokenThatIsRefusedAnyway_CausesNoRequest(string payload, string algorithm, string kid)
    {
        _options.Jwks[0].Audience = "";
        _options.Audience = payload.Contains("elsewhere", StringComparison.Ordinal) ? "here" : "";
        var token = Sign(Header(algorithm, Kid(kid)), payload, signed => Rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(token));
        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task Verify_AddressesInTheHeader_AreNeverAsked()
    {
        _server.AddRsa("k", Rsa);
        var rest = Kid("k") + ""","jku":"https://evil.example/k","x5u":"https://evil.example/c" """;

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", rest)));
        using var attacker = RSA.Create(2048);
        Assert.Equal(TokenStatus.Invalid, await VerifyAsync(Rs(Payload, "RS256", rest, attacker)));
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task Verify_ManyTokensWithAnUnknownKey_AskOnceAndThenNotBeforeTheInterval()
    {
        _server.AddRsa("k", Rsa);
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
        _time.Advance(_options.JwksRefetchInterval);

        // One that finds the fetch done is told to come again: there may be a newer key by then.
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => VerifyAsync(Rs(Payload, "RS256", Kid("new")))));
        Assert.All(answers, answer => Assert.NotEqual(TokenStatus.Valid, answer));
        Assert.Contains(TokenStatus.Invalid, answers);
        Assert.Equal(2, _server.Requests);

        _server.AddRsa("new", Rsa);
        Assert.Equal(TokenStatus.Unverifiable, await VerifyAsync(Rs(Payload, "RS256", Kid("new"))));
        Assert.Equal(2, _server.Requests);

        _time.Advance(_options.JwksRefetchInterval);
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("new"))));
        Assert.Equal(3, _server.Requests);
    }

    [Fact]
    public async Task Verify_KnownKey_DoesNotWaitForTheIssuer()
    {
        _server.AddRsa("k", Rsa);
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));

        _server.Gate = new TaskCompletionSource();
        _time.Advance(_options.JwksLifetime + TimeSpan.FromSeconds(1));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
        await Wait.UntilAsync("the set is fetched again", () => _server.Requests == 2);
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
        _server.Gate.SetResult();
    }

    [Fact]
    public async Task Verify_KeyTakenOutOfTheSet_EndsWithTheNextFetch()
    {
        _server.AddRsa("old", Rsa);
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("old"))));

        _server.Clear();
        _server.AddRsa("new", Rsa);
        _time.Advance(_options.JwksLifetime + TimeSpan.FromSeconds(1));
        await VerifyAsync(Rs(Payload, "RS256", Kid("old"))); // starts the fetch
        await Wait.UntilAsync("the old key has ended", async () =>
        {
            _time.Advance(_options.JwksRefetchInterval);
            return await VerifyAsync(Rs(Payload, "RS256", Kid("old"))) == TokenStatus.Invalid;
        });
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("new"))));
    }

    [Fact]
    public async Task Verify_IssuerOutOfReach_IsTemporaryAndItsLastKeysCount()
    {
        _server.IsDown = true;
        Assert.Equal(TokenStatus.Unverifiable, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
        Assert.Equal(TokenStatus.Unverifiable, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
        Assert.Equal(1, _server.Requests); // not again at once

        _server.IsDown = false;
        _server.AddRsa("k", Rsa);
        _time.Advance(TimeSpan.FromSeconds(1)); // a failure is tried again sooner than an unknown key
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));

        _server.IsDown = true;
        _time.Advance(TimeSpan.FromHours(20));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
        await Wait.UntilAsync("the fetch failed", () => _server.Requests == 3);
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(TokenStatus.Unverifiable, await VerifyAsync(Rs(Payload, "RS256", Kid("k"))));
    }

    [Fact]
    public async Task Verify_ConfiguredKey_NeedsNoIssuer()
    {
        _options.HmacSecret = Secret;
        _options.RsaPublicKey = Rsa.ExportSubjectPublicKeyInfoPem();

        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Hmac(Payload)));
        Assert.Equal(TokenStatus.Valid, await VerifyAsync(Rs(Payload, "RS256", Kid("unknown"))));
        Assert.Equal(0, _server.Requests);
    }

    public void Dispose()
    {
        _verifier?.Dispose();
        _server.Dispose();
    }

    private static string Kid(string id) => id.Length == 0 ? "" : $""","kid":"{id}" """;

    private async Task<TokenStatus> VerifyAsync(string token) => (await Tokens.VerifyConnectionAsync(token)).Status;
}
