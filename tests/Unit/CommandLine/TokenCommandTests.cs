using System.Security.Cryptography;
using WsCluster.Gateway.CommandLine;

namespace WsCluster.Tests.Unit.CommandLine;

/// <summary>Tokens are made, and checked as the gateway checks them.</summary>
public sealed class TokenCommandTests : IDisposable
{
    private const string Secret = "a secret that is long enough for anybody";
    private const string Configured = $"--WsCluster:Tokens:HmacSecret={Secret}";

    private readonly string _folder = Directory.CreateTempSubdirectory("wscluster-").FullName;

    [Theory]
    [InlineData("A good connection token.", "--user", "42", "--info", "{\"name\":\"Ann\"}", "--subscribe", "news:1", "--claim", "level=3", "--expires", "7d")]
    [InlineData("A good subscription token.", "--user", "42", "--channel", "chat:1")]
    [InlineData("A good connection token.", "--expires", "never", "--algorithm", "HS512")]
    public async Task GenToken_ByTheConfiguredSecret_IsGood(string verdict, params string[] options)
    {
        var token = await TokenAsync([.. options, Configured]);

        var check = await CommandRun.OfAsync("check-token", token, Configured);

        Assert.StartsWith(verdict, check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, check.ExitCode);
    }

    [Fact]
    public async Task GenToken_IssuerAndClaimsConfigured_AreInIt()
    {
        string[] settings = [Configured, "--WsCluster:Tokens:Issuer=us", "--WsCluster:Tokens:Audience=them", "--WsCluster:Tokens:UserClaim=uid"];

        var check = await CommandRun.OfAsync(["check-token", await TokenAsync(["--user", "7", .. settings]), .. settings]);

        Assert.StartsWith("A good connection token.", check.Output, StringComparison.Ordinal);
        Assert.Contains("uid        \"7\"", check.Output, StringComparison.Ordinal);
    }

    [Theory, InlineData("rsa"), InlineData("nistP256"), InlineData("nistP384"), InlineData("nistP521")]
    public async Task GenToken_ByAPrivateKey_IsGoodByItsPublicKey(string kind)
    {
        using AsymmetricAlgorithm key = kind == "rsa" ? RSA.Create(2048) : ECDsa.Create(ECCurve.CreateFromFriendlyName(kind));
        var (secret, open) = (Path.Combine(_folder, "private.pem"), Path.Combine(_folder, "public.pem"));
        await File.WriteAllTextAsync(secret, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(open, key.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);

        var check = await CommandRun.OfAsync("check-token", await TokenAsync("--user", "1", "--key", secret), "--key", open);

        Assert.StartsWith("A good connection token.", check.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("No token of ours: its signature is not by a configured key", "--WsCluster:Tokens:HmacSecret=another secret that nobody has used")]
    [InlineData("No token of ours: no key is configured")]
    [InlineData("No token of ours: its iss is '', but must be 'us'", Configured, "--WsCluster:Tokens:Issuer=us")]
    [InlineData("No token of ours: its aud is missing, but must be or contain 'us'", Configured, "--WsCluster:Tokens:Audience=us")]
    public async Task CheckToken_NotOurs_SaysWhy(string verdict, params string[] settings)
    {
        var check = await CommandRun.OfAsync(["check-token", await TokenAsync("--secret", Secret), .. settings]);

        Assert.StartsWith(verdict, check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, check.ExitCode);
    }

    [Theory]
    [InlineData("A connection token of ours, but it ended ", "exp=1000000000")]
    [InlineData("A connection token of ours, but it is good only ", "nbf=100000000000")]
    public async Task CheckToken_NotInTime_SaysSo(string verdict, string claim)
    {
        var check = await CommandRun.OfAsync("check-token", await TokenAsync(Configured, "--claim", claim), Configured);

        Assert.StartsWith(verdict, check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, check.ExitCode);
    }

    [Theory, InlineData("x"), InlineData("a.b.c"), InlineData("e30.e30.e30")]
    public async Task CheckToken_Nonsense_IsNoTokenOfOurs(string token)
    {
        var check = await CommandRun.OfAsync("check-token", token, Configured);

        Assert.StartsWith("No token of ours: ", check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, check.ExitCode);
    }

    [Theory]
    [InlineData("WsCluster:Tokens:HmacSecret is not set", "--user", "1")]
    [InlineData("--expires is 'soon', but must be a time", "--expires", "soon", "--secret", Secret)]
    [InlineData("--info is '{', but must be JSON.", "--info", "{", "--secret", Secret)]
    [InlineData("--algorithm is 'none', but with a secret must be", "--algorithm", "none", "--secret", Secret)]
    [InlineData("--key is 'nowhere', but must be a file", "--key", "nowhere")]
    public async Task GenToken_WhatCannotBe_IsASentenceThatNamesTheKey(string sentence, params string[] options)
    {
        var run = await CommandRun.OfAsync(["gen-token", .. options]);

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.StartsWith(sentence, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> TokenAsync(params string[] options)
    {
        var run = await CommandRun.OfAsync(["gen-token", .. options]);
        Assert.Equal("", run.Error);
        return run.Output.TrimEnd();
    }
}
