using WsCluster.Grains.Channels;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains;

public sealed class ChannelPresenceTests
{
    private readonly ChannelPresence _presence = new(capacity: 5);

    [Fact]
    public void Apply_JoinsAndLeaves_AreAnnouncedInOrder()
    {
        var outcome = _presence.Apply("g1", [Join("a"), Join("b"), Leave("a")]);

        Assert.Equal(["+a", "+b", "-a"], Announced(outcome));
        Assert.Equal(["b"], _presence.Present().Keys);
    }

    [Fact]
    public void Apply_SameJoinAgain_IsNotAnnouncedButUpdatesInfo()
    {
        _presence.Apply("g1", [Join("a")]);

        var again = Member("a") with { Info = new ClientInfo { Client = "a", User = "u", ConnInfo = [1] } };
        Assert.Empty(Announced(_presence.Apply("g1", [new PresenceChange(again, true)])));

        Assert.Equal([1], _presence.Present()["a"].ConnInfo!);
        Assert.Equal(1, _presence.Count);
    }

    [Fact]
    public void Apply_UnknownLeave_IsIgnored() => Assert.Empty(Announced(_presence.Apply("g1", [Leave("a")])));

    [Fact]
    public void Apply_LeaveOfAnotherGatewaysMember_IsIgnored()
    {
        _presence.Apply("g1", [Join("a")]);

        Assert.Empty(Announced(_presence.Apply("g2", [Leave("a")])));
        Assert.Equal(1, _presence.Count);
    }

    [Fact]
    public void Replace_AnnouncesOnlyTheDifference()
    {
        _presence.Replace("g1", [Member("a"), Member("b")]);

        var outcome = _presence.Replace("g1", [Member("b"), Member("c")]);

        Assert.Equal(["-a", "+c"], Announced(outcome));
        Assert.Equal(["b", "c"], _presence.Present().Keys.Order());
    }

    [Fact]
    public void Replace_ReportedMembers_JoinSilentlyAndLeaveAloud()
    {
        Assert.Empty(Announced(_presence.Replace("g1", [Member("a") with { Reported = true }])));
        Assert.Equal(["-a"], Announced(_presence.RemoveGateway("g1")));
    }

    [Fact]
    public void RemoveGateway_ItsMembersLeave_OthersStay()
    {
        _presence.Apply("g1", [Join("a"), Join("b")]);
        _presence.Apply("g2", [Join("c")]);

        Assert.Equal(["-a", "-b"], Announced(_presence.RemoveGateway("g1")).Order());
        Assert.Equal(["c"], _presence.Present().Keys);
        Assert.Empty(Announced(_presence.RemoveGateway("g1")));
    }

    [Fact]
    public void Present_OmitsMembersThatOnlyAnnounce()
    {
        var outcome = _presence.Apply("g1", [new PresenceChange(Member("a") with { Presence = false }, true)]);

        Assert.Equal(["+a"], Announced(outcome));
        Assert.Empty(_presence.Present());
        Assert.Equal(new PresenceStats(0, 0), _presence.Stats());
        Assert.Equal(["-a"], Announced(_presence.RemoveGateway("g1")));
    }

    [Fact]
    public void Apply_SilentMember_IsPresentWithoutAnnouncement()
    {
        var outcome = _presence.Apply("g1", [new PresenceChange(Member("a") with { JoinLeave = false }, true)]);

        Assert.Empty(Announced(outcome));
        Assert.Equal(["a"], _presence.Present().Keys);
    }

    [Fact]
    public void Stats_CountsUsersOnce()
    {
        _presence.Apply("g1", [Join("a", "u1"), Join("b", "u1"), Join("c", "")]);
        _presence.Apply("g2", [Join("d", "u1"), Join("e", "")]);

        Assert.Equal(new PresenceStats(5, 2), _presence.Stats());
    }

    [Fact]
    public void Apply_Full_RefusesTheRest()
    {
        var outcome = _presence.Apply("g1", [.. Enumerable.Range(0, 7).Select(i => Join($"{i}"))]);

        Assert.Equal(2, outcome.Refused);
        Assert.Equal(5, _presence.Count);
        Assert.Equal(0, _presence.Apply("g1", [Leave("0"), Join("new")]).Refused);
    }

    private static PresenceMember Member(string client, string user = "u") =>
        new() { Info = new ClientInfo { Client = client, User = user }, Presence = true, JoinLeave = true };

    private static PresenceChange Join(string client, string user = "u") => new(Member(client, user), true);

    private static PresenceChange Leave(string client) => new(Member(client), false);

    private static IEnumerable<string> Announced(PresenceOutcome outcome) =>
        outcome.Announced.Select(change => (change.Joined ? "+" : "-") + change.Info.Client);
}
