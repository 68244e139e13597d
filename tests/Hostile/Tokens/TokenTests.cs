using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WsCluster.Tests.Hostile.Harness;

namespace WsCluster.Tests.Hostile.Tokens;

/// <summary>Tokens that are forged, confused, broken or over: none lets anybody in, and none is in the log.</summary>
public sealed class TokenTests(HostileGateway gateway) : HostileTest(gateway)
{
    private const int Accepted = 0;
    private const int Expired = 109;
    private const int Invalid = 3500;
    private const string Hs256Header = """{"alg":"HS256","typ":"JWT"}""";

    private static readonly Dictionary<string, Func<HostileGateway, (string Token, int Outcome)>> Cases = new()
    {
        ["a good one"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret), Accepted),
        ["a good one of RSA"] = g => (Rsa(g, """{"alg":"RS256"}"""), Accepted),
        ["a good one of ECDSA"] = g => (Token.Of("""{"alg":"ES256"}""", Token.Claims(), text => g.Ecdsa.SignData(text, HashAlgorithmName.SHA256)), Accepted),
        ["alg none"] = _ => (Token.Of("""{"alg":"none"}""", Token.Claims(), _ => []), Invalid),
        ["alg None"] = _ => (Token.Of("""{"alg":"None"}""", Token.Claims(), _ => []), Invalid),
        ["alg NONE"] = _ => (Token.Of("""{"alg":"NONE"}""", Token.Claims(), _ => []), Invalid),
        ["alg nOnE with a signature"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":"nOnE"}"""), Invalid),
        ["no alg"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"typ":"JWT"}"""), Invalid),
        ["alg null"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":null}"""), Invalid),
        ["alg a number"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":256}"""), Invalid),
        ["alg a list"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":["HS256"]}"""), Invalid),
        ["alg hs256"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":"hs256"}"""), Invalid),
        ["alg PS256"] = g => (Token.Of("""{"alg":"PS256"}""", Token.Claims(), text => g.Rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)), Invalid),
        ["HMAC with the RSA key's PEM as the secret"] = g => (Token.Hs256(Token.Claims(), g.Rsa.ExportSubjectPublicKeyInfoPem()), Invalid),
        ["HMAC with the RSA key's PEM and a line end"] = g => (Token.Hs256(Token.Claims(), g.Rsa.ExportSubjectPublicKeyInfoPem() + "\n"), Invalid),
        ["HMAC with the RSA key's bytes"] = g => (Token.Of(Hs256Header, Token.Claims(), text => HMACSHA256.HashData(g.Rsa.ExportSubjectPublicKeyInfo(), text)), Invalid),
        ["HMAC with the ECDSA key's PEM"] = g => (Token.Hs256(Token.Claims(), g.Ecdsa.ExportSubjectPublicKeyInfoPem()), Invalid),
        ["HMAC with an empty secret"] = _ => (Token.Of(Hs256Header, Token.Claims(), text => HMACSHA256.HashData(Array.Empty<byte>(), text)), Invalid),
        ["HMAC with another secret"] = _ => (Token.Hs256(Token.Claims(), "secret"), Invalid),
        ["RS256 in name, HMAC in fact"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":"RS256"}"""), Invalid),
        ["HS512 in name, HS256 in fact"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":"HS512"}"""), Invalid),
        ["ECDSA of zeros"] = _ => (Token.Of("""{"alg":"ES256"}""", Token.Claims(), _ => new byte[64]), Invalid), // CVE-2022-21449
        ["ECDSA of nothing"] = _ => (Token.Of("""{"alg":"ES256"}""", Token.Claims(), _ => []), Invalid),
        ["ECDSA of ones"] = _ => (Token.Of("""{"alg":"ES256"}""", Token.Claims(), _ => [.. Enumerable.Repeat<byte>(0xFF, 64)]), Invalid),
        ["ECDSA with r=0"] = g => (Token.Of("""{"alg":"ES256"}""", Token.Claims(), text => [.. new byte[32], .. g.Ecdsa.SignData(text, HashAlgorithmName.SHA256)[32..]]), Invalid),
        ["ECDSA in DER"] = g => (Token.Of("""{"alg":"ES256"}""", Token.Claims(), text => g.Ecdsa.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), Invalid),
        ["ES384 with a P-256 key"] = g => (Token.Of("""{"alg":"ES384"}""", Token.Claims(), text => g.Ecdsa.SignData(text, HashAlgorithmName.SHA384)), Invalid),
        ["another RSA key"] = g => (Other(g, """{"alg":"RS256"}"""), Invalid),
        ["another RSA key, brought along"] = g => (Other(g, """{"alg":"RS256","jwk":{jwk}}"""), Invalid),
        ["another RSA key, at an address"] = g => (Other(g, """{"alg":"RS256","jku":"http://evil.example/keys"}"""), Invalid),
        ["another RSA key, with a certificate"] = g => (Other(g, """{"alg":"RS256","x5c":["AAAA"],"x5u":"http://evil.example/"}"""), Invalid),
        ["kid as a path"] = _ => (Token.Of("""{"alg":"HS256","kid":"../../../../dev/null"}""", Token.Claims(), text => HMACSHA256.HashData(Array.Empty<byte>(), text)), Invalid),
        ["kid as SQL"] = _ => (Token.Of("""{"alg":"HS256","kid":"x' UNION SELECT 'secret' --"}""", Token.Claims(), text => HMACSHA256.HashData("secret"u8, text)), Invalid),
        ["kid as a command"] = _ => (Token.Of("""{"alg":"HS256","kid":"|/bin/sleep 10"}""", Token.Claims(), text => HMACSHA256.HashData("x"u8, text)), Invalid),
        ["kid with line ends"] = _ => (Token.Of("""{"alg":"RS256","kid":"a\r\nfail: forged line\r\n"}""", Token.Claims(), _ => new byte[256]), Invalid),
        ["kid of 20 KB"] = _ => (Token.Of($$"""{"alg":"RS256","kid":"{{new string('k', 20_000)}}"}""", Token.Claims(), _ => new byte[256]), Invalid),
        ["kid an object"] = _ => (Token.Of("""{"alg":"RS256","kid":{}}""", Token.Claims(), _ => new byte[256]), Invalid),
        ["a critical extension"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, """{"alg":"HS256","crit":["exp2"],"exp2":1}"""), Invalid),
        ["one letter of the signature changed"] = g => (Flip(Token.Hs256(Token.Claims(), g.HmacSecret)), Invalid),
        ["without its signature"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret).Split('.') is var p ? $"{p[0]}.{p[1]}." : "", Invalid),
        ["two parts"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret).Split('.') is var p ? $"{p[0]}.{p[1]}" : "", Invalid),
        ["four parts"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret) + ".AAAA", Invalid),
        ["five parts"] = _ => ("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA", Invalid),
        ["dots"] = _ => ("..", Invalid),
        ["ten thousand dots"] = _ => (new string('.', 10_000), Invalid),
        ["no base64"] = _ => ("!!!!.????.####", Invalid),
        ["padding"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret) + "==", Invalid),
        ["spaces around"] = g => ($" {Token.Hs256(Token.Claims(), g.HmacSecret)} ", Invalid),
        ["claims that are no JSON"] = g => (Token.Hs256("hunter2-payload", g.HmacSecret), Invalid),
        ["claims that are a list"] = g => (Token.Hs256("[]", g.HmacSecret), Invalid),
        ["a header that is no JSON"] = g => (Token.Hs256(Token.Claims(), g.HmacSecret, "hunter2-payload"), Invalid),
        ["claims nested 5,000 deep"] = g => (Token.Hs256($$"""{"sub":"42","x":{{new string('[', 5000)}}{{new string(']', 5000)}}}""", g.HmacSecret), Invalid),
        ["40 KB of claims and a wrong signature"] = _ => (Token.Hs256(Token.Claims(("x", new string('x', 40_000))), "wrong"), Invalid),
        ["expired an hour ago"] = g => (Token.Hs256(Token.Claims(("exp", Token.Now(-3600))), g.HmacSecret), Expired),
        ["expired beyond the clocks' difference"] = g => (Token.Hs256(Token.Claims(("exp", Token.Now(-40))), g.HmacSecret), Expired),
        ["expires in an hour"] = g => (Token.Hs256(Token.Claims(("exp", Token.Now(3600))), g.HmacSecret), Accepted),
        ["expires in the year one"] = g => (Token.Hs256(Token.Claims(("exp", 1)), g.HmacSecret), Expired),
        ["a negative expiry"] = g => (Token.Hs256(Token.Claims(("exp", -1)), g.HmacSecret), Expired),
        ["an expiry as text"] = g => (Token.Hs256(Token.Claims(("exp", "tomorrow")), g.HmacSecret), Invalid),
        ["an expiry as an object"] = g => (Token.Hs256(Token.Claims(("exp", new JsonObject())), g.HmacSecret), Invalid),
        ["not yet"] = g => (Token.Hs256(Token.Claims(("nbf", Token.Now(3600))), g.HmacSecret), Expired),
        ["a user that is a number"] = g => (Token.Hs256("""{"sub":42}""", g.HmacSecret), Invalid),
        ["a user that is an object"] = g => (Token.Hs256("""{"sub":{}}""", g.HmacSecret), Invalid),
    };

    public static TheoryData<string> Names => NamesOf(Cases);

    [Theory, MemberData(nameof(Names))]
    public async Task Connect_WithToken_HasItsOutcome(string name)
    {
        var (token, outcome) = Cases[name](Gateway);
        Gateway.Remember(token.Split('.').Where(part => part.Length > 20)); // no part of it may be logged
        using var peer = await Peer.UpgradeAsync(Gateway);
        await peer.SendAsync(Frame.Text(new JsonObject { ["id"] = 1, ["connect"] = new JsonObject { ["token"] = token } }.ToJsonString()));
        if (outcome == Invalid)
        {
            Assert.Equal(outcome, await peer.ReadCloseAsync());
            return;
        }

        var frame = await peer.ReadMessageAsync();
        Assert.Equal(outcome, (int?)JsonNode.Parse(frame.Text)!["error"]?["code"] ?? Accepted);
    }

    [Fact]
    public async Task Connect_WithATokenOfAMegabyte_IsTooBig()
    {
        using var peer = await Peer.UpgradeAsync(Gateway);
        await peer.SendAsync(Frame.Text($$$"""{"id":1,"connect":{"token":"{{{new string('t', 1_000_000)}}}"}}"""));
        Assert.Equal(1009, await peer.ReadCloseAsync());
    }

    private static string Rsa(HostileGateway gateway, string header) =>
        Token.Of(header, Token.Claims(), text => gateway.Rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>Signed by a key that is not the issuer's.</summary>
    private static string Other(HostileGateway gateway, string header)
    {
        Assert.NotNull(gateway);
        using var other = RSA.Create(2048);
        return Token.Of(
            header.Replace("{jwk}", Token.Jwk(other), StringComparison.Ordinal),
            Token.Claims(),
            text => other.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static string Flip(string token)
    {
        var at = token.Length - 10;
        return new StringBuilder(token) { [at] = token[at] == 'A' ? 'B' : 'A' }.ToString();
    }
}
