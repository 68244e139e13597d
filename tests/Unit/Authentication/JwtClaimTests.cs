using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Authentication;
using static WsCluster.Tests.Unit.Authentication.TestTokens;

namespace WsCluster.Tests.Unit.Authentication;

public sealed class JwtClaimTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    private readonly TokenOptions _options = new() { HmacSecret = Secret };

    [Fact]
    public async Task VerifyConnection_AllClaims_AreRead()
    {
        var claims = await ConnectionAsync(
            """{"sub":"7","exp":1000001,"info":{"n": 1.0},"meta":[ 1 ],"subs":{"news":{"info":1,"data":{"d":null},"override":{"presence":{"value":true},"join_leave":{"value":false},"force_push_join_leave":{"value":true},"force_recovery":{"value":false},"force_positioning":{"value":true}}},"chat":{}},"channels":["ignored"],"iat":5,"jti":"x"}""");

        Assert.Equal("7", claims.User);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_000_001), claims.ExpireAt);
        Assert.Equal("""{"n": 1.0}""", Text(claims.Info));
        Assert.Equal("[ 1 ]", Text(claims.Meta));
        Assert.Equal(["news", "chat"], claims.Subs.Keys);
        var news = claims.Subs["news"];
        Assert.Equal("1", Text(news.ChanInfo));
        Assert.Equal("""{"d":null}""", Text(news.Data));
        Assert.True(news.Presence);
        Assert.False(news.JoinLeave);
        Assert.True(news.ForcePushJoinLeave);
        Assert.False(news.ForceRecovery);
        Assert.True(news.ForcePositioning);
        Assert.Equal(new SubscribeOptions(), claims.Subs["chat"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"sub":null,"expire_at":null,"info":null,"b64info":null,"meta":null,"subs":null,"channels":null,"channel":null}""")]
    [InlineData("""{"sub":"","b64info":"","subs":{},"channels":[]}""")]
    public async Task VerifyConnection_NoClaims_IsAnonymousForever(string payload)
    {
        var claims = await ConnectionAsync(payload);

        Assert.Equal("", claims.User);
        Assert.Null(claims.ExpireAt);
        Assert.Null(claims.Info);
        Assert.Null(claims.Meta);
        Assert.Empty(claims.Subs);
    }

    [Theory]
    [InlineData("""{"exp":1000100}""", 1000100L)]
    [InlineData("""{"exp":1000100.9}""", 1000100L)]
    [InlineData("""{"exp":1000100,"expire_at":2000000}""", 2000000L)]
    [InlineData("""{"exp":1000100,"expire_at":5}""", 5L)]
    [InlineData("""{"exp":1000100,"expire_at":0}""", null)]
    [InlineData("""{"exp":1000100,"expire_at":-1}""", null)]
    [InlineData("""{"expire_at":2000000}""", 2000000L)]
    [InlineData("""{"exp":999999999999999}""", 253370764799L)]
    [InlineData("""{"expire_at":1e300}""", 253370764799L)]
    [InlineData("""{"expire_at":-1e999}""", null)]
    public async Task Verify_ExpireAt_ReplacesExp(string payload, long? expected)
    {
        var time = expected is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null;

        Assert.Equal(time, (await ConnectionAsync(payload)).ExpireAt);
        Assert.Equal(time, (await SubscriptionAsync(payload.Replace("{", """{"channel":"c",""", StringComparison.Ordinal))).ExpireAt);
        Assert.Equal(time, (await SubscriptionAsync(payload.Replace("{", """{"channel":"c",""", StringComparison.Ordinal))).Options.ExpireAt);
    }

    [Theory]
    [InlineData("""{"exp":1000001}""", 0, true)]
    [InlineData("""{"exp":1000000}""", 0, false)]
    [InlineData("""{"exp":999999}""", 0, false)]
    [InlineData("""{"exp":0}""", 0, false)]
    [InlineData("""{"exp":-999999999999999}""", 0, false)]
    [InlineData("""{"exp":999971}""", 30, true)]
    [InlineData("""{"exp":999970}""", 30, false)]
    [InlineData("""{"nbf":1000000}""", 0, true)]
    [InlineData("""{"nbf":1000001}""", 0, false)]
    [InlineData("""{"nbf":1000030}""", 30, true)]
    [InlineData("""{"nbf":1000031}""", 30, false)]
    [InlineData("""{"exp":999999,"expire_at":2000000}""", 0, false)]
    [InlineData("""{"iat":2000000}""", 0, true)]
    public async Task Verify_OutsideItsTime_IsExpired(string payload, int skewSeconds, bool valid)
    {
        _options.ClockSkew = TimeSpan.FromSeconds(skewSeconds);
        var expected = valid ? TokenStatus.Valid : TokenStatus.Expired;

        var connection = await VerifyConnectionAsync(payload);
        Assert.Equal(expected, connection.Status);
        Assert.NotNull(connection.Claims);
        Assert.Equal(expected, (await VerifySubscriptionAsync(payload.Replace("{", """{"channel":"c",""", StringComparison.Ordinal))).Status);
    }

    [Theory]
    [InlineData("""{"exp":1,"channel":"c"}""")]
    [InlineData("""{"exp":1,"sub":7}""")]
    public async Task VerifyConnection_ExpiredAndWrong_IsInvalid(string payload) =>
        Assert.Equal(TokenStatus.Invalid, (await VerifyConnectionAsync(payload)).Status);

    [Fact]
    public async Task VerifyConnection_WithChannelClaim_IsInvalid() =>
        Assert.Equal(TokenStatus.Invalid, (await VerifyConnectionAsync("""{"sub":"7","channel":"c"}""")).Status);

    [Fact]
    public async Task VerifyConnection_Channels_BecomeSubs()
    {
        var claims = await ConnectionAsync("""{"channels":["a","b","a"],"subs":{}}""");

        Assert.Equal(["a", "b"], claims.Subs.Keys);
        Assert.Equal(new SubscribeOptions(), claims.Subs["a"]);
    }

    [Fact]
    public async Task Verify_Base64_WinsOverJson()
    {
        var claims = await ConnectionAsync("""{"info":{"a":1},"b64info":"AP8=","subs":{"c":{"info":1,"b64info":"AQ==","data":2,"b64data":"Ag=="}}}""");

        Assert.Equal([0x00, 0xFF], claims.Info);
        Assert.Equal([1], claims.Subs["c"].ChanInfo);
        Assert.Equal([2], claims.Subs["c"].Data);
    }

    [Theory]
    [InlineData("\"text \\u00e9\u00e9\"")]
    [InlineData("12345678901234567890.10")]
    [InlineData("{ \"b\":1,\n\"b\" : [ ] }")]
    [InlineData("false")]
    public async Task Verify_Info_IsKeptByteForByte(string info) =>
        Assert.Equal(info, Text((await ConnectionAsync($$"""{"info": {{info}} }""")).Info));

    [Fact]
    public async Task VerifySubscription_AllClaims_AreRead()
    {
        var claims = await SubscriptionAsync(
            """{"channel":"chat:1","sub":"7","client":"c-1","info":{},"b64data":"AA==","override":{"presence":{},"join_leave":null}}""");

        Assert.Equal("chat:1", claims.Channel);
        Assert.Equal("7", claims.User);
        Assert.Equal("c-1", claims.Client);
        Assert.Equal("{}", Text(claims.Options.ChanInfo));
        Assert.Equal([0], claims.Options.Data);
        Assert.False(claims.Options.Presence);
        Assert.Null(claims.Options.JoinLeave);
        Assert.Null(claims.Options.ForceRecovery);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"channel":""}""")]
    [InlineData("""{"channel":null}""")]
    [InlineData("""{"channel":5}""")]
    [InlineData("""{"channel":"c","client":5}""")]
    [InlineData("""{"channel":"c","override":[]}""")]
    [InlineData("""{"channel":"c","override":{"presence":true}}""")]
    [InlineData("""{"channel":"c","override":{"presence":{"value":"true"}}}""")]
    public async Task VerifySubscription_WrongClaims_AreInvalid(string payload) =>
        Assert.Equal(TokenStatus.Invalid, (await VerifySubscriptionAsync(payload)).Status);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"sub\"")]
    [InlineData("not json")]
    [InlineData("{\"sub\":\"7\"")]
    [InlineData("{\"sub\":7}")]
    [InlineData("{\"sub\":\"\\ud800\"}")]
    [InlineData("{\"exp\":\"5\"}")]
    [InlineData("{\"exp\":null}")]
    [InlineData("{\"exp\":1e300}")]
    [InlineData("{\"nbf\":-1e300}")]
    [InlineData("{\"nbf\":{}}")]
    [InlineData("{\"expire_at\":true}")]
    [InlineData("{\"b64info\":5}")]
    [InlineData("{\"b64info\":\"***\"}")]
    [InlineData("{\"b64info\":\"_-8\"}")]
    [InlineData("{\"channels\":\"a\"}")]
    [InlineData("{\"channels\":[5]}")]
    [InlineData("{\"subs\":[]}")]
    [InlineData("{\"subs\":{\"a\":5}}")]
    [InlineData("{\"subs\":{\"a\":{\"b64info\":5}}}")]
    public async Task VerifyConnection_WrongClaims_AreInvalid(string payload) =>
        Assert.Equal(TokenStatus.Invalid, (await VerifyConnectionAsync(payload)).Status);

    [Fact]
    public async Task VerifyConnection_PayloadThatIsNotUtf8_IsInvalid()
    {
        byte[] payload = [.. "{\"info\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var text = Encode(Encoding.UTF8.GetBytes(Header("HS256"))) + "." + Encode(payload);
        var token = text + "." + Encode(HMACSHA256.HashData("secret"u8, Encoding.ASCII.GetBytes(text)));

        using var verifier = Verifier(_options, new FakeTimeProvider(Now));
        Assert.Equal(TokenStatus.Invalid, (await verifier.VerifyConnectionAsync(token)).Status);
    }

    [Theory]
    [InlineData("""{"iss":"us","aud":"them"}""", true)]
    [InlineData("""{"iss":"us","aud":["x","them"]}""", true)]
    [InlineData("""{"iss":"us","aud":["x",5]}""", false)]
    [InlineData("""{"iss":"us","aud":[]}""", false)]
    [InlineData("""{"iss":"us","aud":{"them":1}}""", false)]
    [InlineData("""{"iss":"us"}""", false)]
    [InlineData("""{"iss":"US","aud":"them"}""", false)]
    [InlineData("""{"iss":["us"],"aud":"them"}""", false)]
    [InlineData("""{"aud":"them"}""", false)]
    [InlineData("""{"iss":"other","aud":"them","exp":1}""", false)]
    public async Task Verify_IssuerAndAudience_MustMatchWhenConfigured(string payload, bool valid)
    {
        _options.Issuer = "us";
        _options.Audience = "them";

        Assert.Equal(valid ? TokenStatus.Valid : TokenStatus.Invalid, (await VerifyConnectionAsync(payload)).Status);
    }

    [Fact]
    public async Task Verify_OtherUserClaim_NamesTheUser()
    {
        _options.UserClaim = "uid";

        Assert.Equal("9", (await ConnectionAsync("""{"sub":"7","uid":"9"}""")).User);
        Assert.Equal("9", (await SubscriptionAsync("""{"channel":"c","sub":"7","uid":"9"}""")).User);
    }

    [Fact]
    public async Task Verify_Garbage_NeverThrows()
    {
        var random = new Random(5);
        using var verifier = Verifier(_options, new FakeTimeProvider(Now));
        var payload = """{"sub":"7","exp":1000001,"b64info":"AA==","subs":{"a":{"override":{"presence":{"value":true}}}},"aud":["x"],"channel":"c"}""";
        var token = Hmac(payload);
        for (var i = 0; i < 50_000; i++)
        {
            // Damaged text, and damaged claims and headers under a good signature: both layers get their share.
            var damaged = (i % 3) switch
            {
                0 => Damage(token, random),
                1 => Hmac(Damage(payload, random)),
                _ => Sign(Damage(Header("HS256"), random), payload, s => HMACSHA256.HashData("secret"u8, s)),
            };
            await verifier.VerifyConnectionAsync(damaged);
            await verifier.VerifySubscriptionAsync(damaged);
        }
    }

    private static string Damage(string text, Random random)
    {
        var result = new StringBuilder(text);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(result.Length);
            switch (random.Next(3))
            {
                case 0:
                    result[at] = "{}[]\",:\\0e-.\u00e9\ud800 n"[random.Next(16)];
                    break;
                case 1:
                    result.Remove(at, random.Next(1, Math.Min(6, result.Length - at) + 1));
                    break;
                default:
                    result.Insert(at, text.AsSpan(random.Next(text.Length - 6), 6));
                    break;
            }

            if (result.Length == 0)
            {
                break;
            }
        }

        return result.ToString();
    }

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);

    private async Task<ConnectionToken> ConnectionAsync(string payload)
    {
        var (status, claims) = await VerifyConnectionAsync(payload);
        Assert.Equal(TokenStatus.Valid, status);
        return claims!;
    }

    private async Task<SubscriptionToken> SubscriptionAsync(string payload)
    {
        var (status, claims) = await VerifySubscriptionAsync(payload);
        Assert.Equal(TokenStatus.Valid, status);
        return claims!;
    }

    private async Task<TokenResult<ConnectionToken>> VerifyConnectionAsync(string payload)
    {
        using var verifier = Verifier(_options, new FakeTimeProvider(Now));
        return await verifier.VerifyConnectionAsync(Hmac(payload));
    }

    private async Task<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string payload)
    {
        using var verifier = Verifier(_options, new FakeTimeProvider(Now));
        return await verifier.VerifySubscriptionAsync(Hmac(payload));
    }
}
