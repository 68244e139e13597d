using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Authorization;
using static WsCluster.Tests.Unit.Authentication.TestTokens;

namespace WsCluster.Tests.Unit.Authentication;

/// <summary>Several configured keys at a time, and keys of their own for subscription tokens.</summary>
public sealed class KeyRotationTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    private readonly FakeTimeProvider _time = new(Now);

    [Fact]
    public async Task Verify_PreviousSecret_CountsUntilItsEnd()
    {
        using var tokens = Verifier(new TokenOptions { HmacSecret = "new", PreviousHmacSecret = "old", PreviousHmacSecretUntil = Now.AddMinutes(1) }, _time);

        Assert.Equal(TokenStatus.Valid, (await tokens.VerifyConnectionAsync(Hmac("{}", "new"))).Status);
        Assert.Equal(TokenStatus.Valid, (await tokens.VerifyConnectionAsync(Hmac("{}", "old"))).Status);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenStatus.Valid, (await tokens.VerifyConnectionAsync(Hmac("{}", "new"))).Status);
        Assert.Equal(TokenStatus.Invalid, (await tokens.VerifyConnectionAsync(Hmac("{}", "old"))).Status);
    }

    [Fact]
    public async Task Verify_SeveralPublicKeys_AreAllAccepted()
    {
        using var second = RSA.Create(2048);
        using var third = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new TokenOptions
        {
            RsaPublicKey = Rsa.ExportSubjectPublicKeyInfoPem() + "\n" + second.ExportSubjectPublicKeyInfoPem(),
            EcdsaPublicKey = P256.ExportSubjectPublicKeyInfoPem() + "\n" + P384.ExportSubjectPublicKeyInfoPem() + "\n" + third.ExportSubjectPublicKeyInfoPem(),
        };
        Assert.True(TokenKeys.AreRsaKeys(options.RsaPublicKey));
        Assert.True(TokenKeys.AreEcdsaKeys(options.EcdsaPublicKey));
        Assert.False(TokenKeys.AreRsaKeys(options.RsaPublicKey + options.EcdsaPublicKey));
        using var tokens = Verifier(options, _time);

        foreach (var token in new[] { Rs("{}"), Rs("{}", key: second), Es("{}", P256, "ES256"), Es("{}", third, "ES256"), Es("{}", P384, "ES384") })
        {
            Assert.Equal(TokenStatus.Valid, (await tokens.VerifyConnectionAsync(token)).Status);
        }
    }

    [Fact]
    public async Task Verify_SubscriptionTokensWithKeysOfTheirOwn_AreVerifiedWithTheseAlone()
    {
        using var tokens = Verifier(new TokenOptions { HmacSecret = "a" }, _time, new SubscriptionTokenOptions { HmacSecret = "b" });

        Assert.Equal(TokenStatus.Valid, (await tokens.VerifySubscriptionAsync(Hmac("""{"channel":"c"}""", "b"))).Status);
        Assert.Equal(TokenStatus.Invalid, (await tokens.VerifySubscriptionAsync(Hmac("""{"channel":"c"}""", "a"))).Status);
        Assert.Equal(TokenStatus.Valid, (await tokens.VerifyConnectionAsync(Hmac("{}", "a"))).Status);
        Assert.Equal(TokenStatus.Invalid, (await tokens.VerifyConnectionAsync(Hmac("{}", "b"))).Status);
    }

    [Fact]
    public async Task Verify_InTimeByTheClocksDifferenceOnly_IsNotExpiredAtOnce()
    {
        using var tokens = Verifier(new TokenOptions { HmacSecret = Secret, ClockSkew = TimeSpan.FromSeconds(30) }, _time);

        var (status, claims) = await tokens.VerifyConnectionAsync(Hmac("""{"exp":999990}"""));

        Assert.Equal(TokenStatus.Valid, status);
        Assert.Equal(Now.AddSeconds(20), claims!.ExpireAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(999_995), (await tokens.VerifyConnectionAsync(Hmac("""{"exp":999990,"expire_at":999995}"""))).Claims!.ExpireAt);
    }

    [Fact]
    public async Task Verify_SessionAndIssueTime_AreRead()
    {
        using var tokens = Verifier(new TokenOptions { HmacSecret = Secret }, _time);

        var both = (await tokens.VerifyConnectionAsync(Hmac("""{"sid":"s","jti":"j","iat":5}"""))).Claims!;
        var subscription = (await tokens.VerifySubscriptionAsync(Hmac("""{"channel":"c","jti":"j"}"""))).Claims!;

        Assert.Equal(("s", DateTimeOffset.FromUnixTimeSeconds(5)), (both.Session, both.IssuedAt));
        Assert.Equal(("j", null), (subscription.Session, subscription.IssuedAt));
    }

    [Fact]
    public async Task Verify_Revoked_IsExpired()
    {
        var revocations = new RevocationList(_time);
        using var tokens = Verifier(new TokenOptions { HmacSecret = Secret }, _time, revocations: revocations);
        revocations.Add([new Revocation { User = "7", IssuedBefore = Now }, new Revocation { User = "8", Channel = "c", IssuedBefore = Now }]);

        Assert.Equal(TokenStatus.Expired, (await tokens.VerifyConnectionAsync(Hmac("""{"sub":"7","iat":999999}"""))).Status);
        Assert.Equal(TokenStatus.Expired, (await tokens.VerifyConnectionAsync(Hmac("""{"sub":"7"}"""))).Status);
        Assert.Equal(TokenStatus.Valid, (await tokens.VerifyConnectionAsync(Hmac("""{"sub":"7","iat":1000000}"""))).Status);
        Assert.Equal(TokenStatus.Expired, (await tokens.VerifySubscriptionAsync(Hmac("""{"sub":"7","channel":"x","iat":999999}"""))).Status);
        Assert.Equal(TokenStatus.Expired, (await tokens.VerifySubscriptionAsync(Hmac("""{"sub":"8","channel":"c","iat":999999}"""))).Status);
        Assert.Equal(TokenStatus.Valid, (await tokens.VerifySubscriptionAsync(Hmac("""{"sub":"8","channel":"d","iat":999999}"""))).Status);
        Assert.Equal(TokenStatus.Valid, (await tokens.VerifyConnectionAsync(Hmac("""{"sub":"8","iat":999999}"""))).Status);
        Assert.Equal(TokenStatus.Invalid, (await tokens.VerifyConnectionAsync(Hmac("""{"sub":"7"}""", "forged"))).Status);
    }
}
