using WsCluster.Grains.Users;

namespace WsCluster.Tests.Unit.Grains;

public sealed class UserSessionsTests
{
    [Fact]
    public void TryAdd_AtTheLimit_Refuses()
    {
        var sessions = new UserSessions(2);

        Assert.True(sessions.TryAdd(Session("a", "g1")));
        Assert.True(sessions.TryAdd(Session("b", "g2")));
        Assert.False(sessions.TryAdd(Session("c", "g1")));
        Assert.True(sessions.TryAdd(Session("a", "g1")));
        sessions.Remove("b", "g2");
        Assert.True(sessions.TryAdd(Session("c", "g1")));
    }

    [Fact]
    public void TryAdd_WithoutLimit_TakesAll()
    {
        var sessions = new UserSessions(0);

        Assert.All(Enumerable.Range(0, 100), i => Assert.True(sessions.TryAdd(Session($"{i}", "g"))));
    }

    [Fact]
    public void Remove_ByAnotherGateway_IsIgnored()
    {
        var sessions = new UserSessions(0);
        sessions.TryAdd(Session("a", "g1"));

        sessions.Remove("a", "g2");

        Assert.True(sessions.HasAny("g1"));
    }

    [Fact]
    public void End_OfOneThatIsNotKnownYet_KeepsItAway()
    {
        var sessions = new UserSessions(0);

        sessions.End("late", "g");
        sessions.Replace("g", [Session("late", "g"), Session("a", "g")]);

        Assert.True(sessions.HasEnded("late"));
        Assert.False(sessions.HasEnded("a"));
        Assert.Equal("a", Assert.Single(sessions.All()).Client);
    }

    [Fact]
    public void End_RemembersTheLastFewOnly()
    {
        var sessions = new UserSessions(0);

        foreach (var client in Enumerable.Range(0, 100))
        {
            sessions.End($"{client}", "g");
            sessions.End($"{client}", "g"); // a repeat takes no place
        }

        Assert.Equal(Enumerable.Range(92, 8), Enumerable.Range(0, 100).Where(client => sessions.HasEnded($"{client}")));
    }

    [Fact]
    public void End_ByAnotherGateway_IsIgnored()
    {
        var sessions = new UserSessions(0);
        sessions.TryAdd(Session("a", "g1"));

        Assert.Empty(sessions.End("a", "g2"));

        Assert.False(sessions.HasEnded("a"));
        Assert.True(sessions.HasAny("g1"));
    }

    [Fact]
    public void Replace_SwapsTheGatewaysSessionsEvenBeyondTheLimit()
    {
        var sessions = new UserSessions(2);
        sessions.TryAdd(Session("a", "g1"));
        sessions.TryAdd(Session("b", "g2"));

        sessions.Replace("g1", [Session("c", "g1"), Session("d", "g1")]);

        Assert.Equal(["b", "c", "d"], sessions.All().Select(session => session.Client).Order());
    }

    [Fact]
    public void RemoveGateway_LeavesTheOthers()
    {
        var sessions = new UserSessions(0);
        sessions.TryAdd(Session("a", "g1"));
        sessions.TryAdd(Session("b", "g2"));

        sessions.RemoveGateway("g1");

        Assert.Equal("b", Assert.Single(sessions.All()).Client);
    }

    private static UserSession Session(string client, string gateway) =>
        new() { Client = client, GatewayId = gateway, ConnectedAt = DateTimeOffset.UnixEpoch };
}
