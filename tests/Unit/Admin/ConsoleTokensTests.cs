using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Admin;

namespace WsCluster.Tests.Unit.Admin;

public sealed class ConsoleTokensTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Read_OwnToken_GivesItsSessionUntilItExpires()
    {
        using var tokens = Create("a password");
        var session = Session();
        var token = tokens.Create(session, ConsolePurpose.Cookie);

        Assert.Equal(session, tokens.Read(token, ConsolePurpose.Cookie));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(tokens.Read(token, ConsolePurpose.Cookie));
    }

    [Fact]
    public void Read_ForAnotherPurpose_IsNothing()
    {
        using var tokens = Create("a password");

        Assert.Null(tokens.Read(tokens.Create(Session(), ConsolePurpose.Connection), ConsolePurpose.Cookie));
    }

    [Fact]
    public void Read_AnyChange_IsNothing()
    {
        using var tokens = Create("a password");
        var token = tokens.Create(Session(), ConsolePurpose.Cookie);

        for (var i = 0; i < token.Length; i++)
        {
            var changed = $"{token[..i]}{(token[i] == 'A' ? 'B' : 'A')}{token[(i + 1)..]}";
            Assert.Null(tokens.Read(changed, ConsolePurpose.Cookie));
        }

        Assert.All(["", ".", "console.", "console.1.a.1.99999999999999.", token + "x", token[..^1]], text => Assert.Null(tokens.Read(text, ConsolePurpose.Cookie)));
    }

    [Fact]
    public void Read_OfAnotherGateway_NeedsTheSamePasswordAndCluster()
    {
        using var tokens = Create("a password");
        using var twin = Create("a password");
        using var changed = Create("another password");
        using var foreign = Create("a password", "other");
        var token = tokens.Create(Session(), ConsolePurpose.Cookie);

        Assert.NotNull(twin.Read(token, ConsolePurpose.Cookie));
        Assert.Null(changed.Read(token, ConsolePurpose.Cookie));
        Assert.Null(foreign.Read(token, ConsolePurpose.Cookie));
    }

    [Fact]
    public void Read_WithoutPassword_CountsForThisProcessOnly()
    {
        using var tokens = Create("");
        using var other = Create("");
        var token = tokens.Create(Session(), ConsolePurpose.Connection);

        Assert.NotNull(tokens.Read(token, ConsolePurpose.Connection));
        Assert.Null(other.Read(token, ConsolePurpose.Connection));
    }

    private ConsoleTokens Create(string password, string cluster = "wscluster") =>
        new(new FixedOptions<ConsoleOptions>(new ConsoleOptions { Password = password }), new ClusterOptions { ClusterId = cluster }, _time);

    private ConsoleSession Session() => new("console-1", _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromHours(1));
}
