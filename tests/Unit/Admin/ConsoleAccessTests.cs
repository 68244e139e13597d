using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Admin;
using WsCluster.Gateway.Authorization;

namespace WsCluster.Tests.Unit.Admin;

public sealed class ConsoleAccessTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RevocationList _revocations;
    private readonly List<ConsoleTokens> _tokens = [];

    public ConsoleAccessTests() => _revocations = new RevocationList(_time);

    public void Dispose() => _tokens.ForEach(tokens => tokens.Dispose());

    [Theory]
    [InlineData("127.0.0.1", "localhost:8000", "", true)]
    [InlineData("::1", "[::1]:8000", "", true)]
    [InlineData("127.0.0.1", "127.0.0.1", "", true)]
    [InlineData("127.0.0.1", "console.localhost", "", true)]
    [InlineData("127.0.0.1", "evil.example:8000", "", false)] // a name that somebody pointed at this machine
    [InlineData("127.0.0.1", "localhost.evil.example", "", false)]
    [InlineData("192.168.1.5", "localhost:8000", "", false)]
    [InlineData("127.0.0.1", "localhost:8000", "X-Forwarded-For", false)] // a proxy on this machine, for somebody else
    [InlineData("127.0.0.1", "localhost:8000", "Forwarded", false)]
    [InlineData("127.0.0.1", "localhost:8000", "Via", false)]
    public void Enter_EmbeddedWithoutPassword_IsOpenOnThisMachineOnly(string peer, string host, string header, bool open)
    {
        var (access, _) = Create(new ConsoleOptions());
        var http = Request(peer, host);
        if (header.Length > 0)
        {
            http.Request.Headers[header] = "1.2.3.4";
        }

        Assert.Equal(open ? ConsoleEntry.Open : ConsoleEntry.Off, access.Enter(http).Entry);
    }

    [Fact]
    public void Enter_ClusterWithoutPassword_IsOff()
    {
        var (access, _) = Create(new ConsoleOptions(), redis: "localhost:6379");

        Assert.False(access.IsOn);
        Assert.Equal(ConsoleEntry.Off, access.Enter(Request("127.0.0.1", "localhost")).Entry);
        Assert.False(access.IsPassword(""));
    }

    [Fact]
    public void Enter_OpenOnLoopbackOff_IsOff()
    {
        var (access, _) = Create(new ConsoleOptions { OpenOnLoopback = false });

        Assert.Equal(ConsoleEntry.Off, access.Enter(Request("127.0.0.1", "localhost")).Entry);
    }

    [Fact]
    public void Enter_WithPassword_NeedsTheCookieAlsoOnThisMachine()
    {
        var (access, tokens) = Create(new ConsoleOptions { Password = "a password" });
        var http = Request("127.0.0.1", "localhost");
        Assert.Equal(ConsoleEntry.SignIn, access.Enter(http).Entry);

        var session = access.Begin();
        http.Request.Headers.Cookie = $"{ConsoleAccess.Cookie}={tokens.Create(session, ConsolePurpose.Cookie)}";
        Assert.Equal((ConsoleEntry.SignedIn, session.Id), (access.Enter(http).Entry, access.Enter(http).Session!.Id));

        _revocations.Add([new Revocation { User = ConsoleAccess.User, Session = session.Id }]);
        Assert.Equal(ConsoleEntry.SignIn, access.Enter(http).Entry);
        Assert.Null(access.ReadConnectionToken(tokens.Create(session, ConsolePurpose.Connection)));
    }

    [Fact]
    public void ReadConnectionToken_TakesNoCookieAndNoJwt()
    {
        var (access, tokens) = Create(new ConsoleOptions { Password = "a password" });
        var session = access.Begin();

        Assert.NotNull(access.ReadConnectionToken(tokens.Create(session, ConsolePurpose.Connection)));
        Assert.Null(access.ReadConnectionToken(tokens.Create(session, ConsolePurpose.Cookie)));
        Assert.Null(access.ReadConnectionToken("eyJhbGciOiJIUzI1NiJ9.e30.x"));
        Assert.Null(access.ReadConnectionToken(""));
    }

    [Theory]
    [InlineData("a password", true)]
    [InlineData("A password", false)]
    [InlineData("a passwor", false)]
    [InlineData("a password ", false)]
    [InlineData("", false)]
    public void IsPassword_OnlyTheWholeOne(string attempt, bool expected) =>
        Assert.Equal(expected, Create(new ConsoleOptions { Password = "a password" }).Access.IsPassword(attempt));

    [Theory]
    [InlineData("1", "", "", true)]
    [InlineData("1", "same-origin", "http://localhost:8000", true)]
    [InlineData(null, "same-origin", "", false)]
    [InlineData("1", "same-site", "", false)]
    [InlineData("1", "cross-site", "", false)]
    [InlineData("1", "none", "", false)]
    [InlineData("1", "", "http://localhost:8001", false)]
    [InlineData("1", "", "null", false)]
    public void IsOwnPage_AllSignsMustAgree(string? header, string site, string origin, bool expected)
    {
        var http = Request("127.0.0.1", "localhost:8000");
        http.Request.Headers["X-WsCluster-Console"] = header;
        http.Request.Headers["Sec-Fetch-Site"] = site;
        http.Request.Headers.Origin = origin;

        Assert.Equal(expected, ConsoleAccess.IsOwnPage(http.Request));
    }

    private (ConsoleAccess Access, ConsoleTokens Tokens) Create(ConsoleOptions options, string redis = "")
    {
        var monitor = new FixedOptions<ConsoleOptions>(options);
        var cluster = new ClusterOptions { Redis = redis };
        var tokens = new ConsoleTokens(monitor, cluster, _time);
        _tokens.Add(tokens);
        return (new ConsoleAccess(monitor, cluster, tokens, _revocations, _time), tokens);
    }

    private static DefaultHttpContext Request(string peer, string host) => new()
    {
        Connection = { RemoteIpAddress = IPAddress.Parse(peer) },
        Request = { Host = new HostString(host) },
    };
}
