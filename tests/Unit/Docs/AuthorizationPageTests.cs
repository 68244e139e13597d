using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Authentication;
using WsCluster.Gateway.Proxies;
using WsCluster.Gateway.ServerApi;
using WsCluster.Tests.Unit.Authentication;

namespace WsCluster.Tests.Unit.Docs;

/// <summary>The examples of docs/authorization.md are what the code takes.</summary>
public sealed partial class AuthorizationPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "authorization.md"));

    [Fact]
    public async Task Token_Example_IsAccepted()
    {
        var claims = Blocks("json").Single(block => block.Contains("\"sub\"", StringComparison.Ordinal));
        using var verifier = TestTokens.Verifier(
            new TokenOptions { HmacSecret = TestTokens.Secret }, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1767222000)));

        var (status, token) = await verifier.VerifyConnectionAsync(TestTokens.Hmac(claims));

        Assert.Equal((TokenStatus.Valid, "42", "login-7"), (status, token!.User, token.Session));
    }

    [Fact]
    public void Configuration_Example_IsRead()
    {
        var json = Blocks("json").Single(block => block.Contains("\"Jwks\"", StringComparison.Ordinal));
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

        var options = configuration.ReadChecked<TokenOptions>(TokenOptions.SectionName);

        Assert.Equal("https://id.example.com/", Assert.Single(options.Jwks).Issuer);
    }

    [Fact]
    public void ProxyAnswers_Examples_AreUnderstood()
    {
        var lines = Blocks("json").Single(block => block.Contains("\"disconnect\"", StringComparison.Ordinal)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal([0, 1000, 4500], lines.Select(line =>
        {
            using var answer = ProxyAnswer.Parse(Encoding.UTF8.GetBytes(line));
            return answer.Denial?.Code ?? 0;
        }));
    }

    [Fact]
    public void Revocations_Examples_NameWhatTheyTakeBack()
    {
        var bodies = Blocks("").Single(block => block.Contains("\"issued_before\"", StringComparison.Ordinal))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize(line[..(line.IndexOf('}', StringComparison.Ordinal) + 1)], ApiJson.Default.RevokeBody)!)
            .ToList();

        Assert.Equal(["42", "42", "42", null], bodies.Select(body => body.User));
        Assert.Equal([null, "login-7", null, null], bodies.Select(body => body.Session));
        Assert.Equal([null, null, "chat:1", null], bodies.Select(body => body.Channel));
        Assert.Equal(1767222000, bodies[3].IssuedBefore);
    }

    private static List<string> Blocks(string language) =>
        [.. Block().Matches(Page).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value)];

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WsCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    [GeneratedRegex("^```([a-z]*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
