using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Subscriptions;

/// <summary>What a client is subscribed to when it connects (protocol §7.4).</summary>
public sealed class ConnectPlannerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GatewayOptions _gateway = new() { MaxChannelsPerConnection = 3 };
    private readonly ChannelNamespaces _channels = new() { Namespaces = { ["me"] = new ChannelOptions() } };
    private readonly RevocationList _revocations;
    private readonly ConnectPlanner _planner;
    private readonly InboxOptions _inboxes = new();
    private SessionAdmission? _admission;

    public ConnectPlannerTests()
    {
        _revocations = new RevocationList(_time);
        var gateway = new FixedOptions<GatewayOptions>(_gateway);
        var namespaces = new FixedOptions<ChannelNamespaces>(_channels);
        var access = new ChannelAccess(gateway, _revocations);
        var planner = new SubscriptionPlanner(new ChannelRules(namespaces, gateway, TestMetrics.Gateway()), namespaces, gateway, access, subscribeAccess: null!, _time);
        _planner = new ConnectPlanner(planner, _revocations, _inboxes, gateway);
    }

    [Fact]
    public void Plan_ChannelsOfTheToken_NeedNoPermission() => Assert.Equal(["a", "$b"], Planned(["a", "$b"]));

    [Fact]
    public void Plan_UnknownNamespace_RefusesTheConnection() => Assert.Equal(ErrorCode.UnknownChannel, Refused(["missing:a"]).Error);

    [Fact]
    public void Plan_MoreThanAllowed_RefusesTheConnection() => Assert.Equal(DisconnectCode.ChannelLimit, Refused(["a", "b", "c", "d"]).Disconnect);

    [Theory]
    [InlineData("7", "", "#7")]
    [InlineData("7", "me", "me:#7")]
    [InlineData("", "me", null)]
    public void Plan_PersonalChannels_GiveEveryUserOne(string user, string channelNamespace, string? expected)
    {
        Assert.Empty(Planned([], user));
        (_gateway.PersonalChannels, _gateway.PersonalChannelNamespace) = (true, channelNamespace);

        Assert.Equal(expected is null ? [] : [expected], Planned([], user));
    }

    [Fact]
    public void Plan_RightThatWasTakenBack_IsLeftOut()
    {
        _revocations.Add([new Revocation { User = "7", Channel = "a", IssuedBefore = _time.GetUtcNow() }]);

        Assert.Equal(["b"], Planned(["a", "b"]));
        Assert.Equal(["a", "b"], Planned(["a", "b"], issuedAt: _time.GetUtcNow()));
    }

    [Fact]
    public void Plan_ListedByTheClient_OnlyWhatItMayItself()
    {
        _channels.WithoutNamespace.AllowSubscribeForClient = true;

        Assert.Equal(["a"], Planned([], listed: ["a", "$b", "me:c"]));
        Assert.Equal(DisconnectCode.BadRequest, Refused([], listed: ["missing:a"]).Disconnect);
        _channels.WithoutNamespace.SubscribeDecision = ChannelDecision.Proxy;
        Assert.Empty(Planned([], listed: ["a"]));
    }

    private List<string> Planned(string[] granted, string user = "7", DateTimeOffset? issuedAt = null, string[]? listed = null)
    {
        Assert.True(Plan(granted, user, issuedAt, listed, out var plans).IsNone);
        return plans.ConvertAll(plan => plan.Channel);
    }

    [Fact]
    public void Plan_ChannelsOfTheBehavior_ComeBesideThoseOfTheToken()
    {
        _admission = new SessionAdmission(true, "s") { Decision = new ConnectDecision { Channels = new Dictionary<string, SubscribeOptions> { ["b"] = new() } } };

        Assert.Equal(["a", "b"], Planned(["a"]));
    }

    [Fact]
    public void Plan_Inbox_BeginsWithWhatIsUnread()
    {
        _inboxes.Enabled = true;
        _channels.Namespaces["inbox"] = new ChannelOptions { HistorySize = 1000, HistoryTtl = TimeSpan.FromHours(1) };
        _admission = new SessionAdmission(true, "s") { Inbox = new InboxState { Top = new StreamPosition(20, "e"), ReadUpTo = 12 } };

        Assert.Equal(new StreamPosition(12, "e"), InboxPlan([]).RecoverFrom);
        Assert.Equal(new StreamPosition(17, "e"), InboxPlan(new SubscribeRequest { Recover = true, Offset = 17, Epoch = "e" }).RecoverFrom);
        Assert.Equal(new StreamPosition(12, "e"), InboxPlan(new SubscribeRequest { Recover = true, Offset = 17, Epoch = "older" }).RecoverFrom);
    }

    [Fact]
    public void Plan_InboxWithMoreThanMayBeRecovered_BeginsWithTheNewest()
    {
        _inboxes.Enabled = true;
        _channels.Namespaces["inbox"] = new ChannelOptions { HistorySize = 1000, HistoryTtl = TimeSpan.FromHours(1) };
        _admission = new SessionAdmission(true, "s") { Inbox = new InboxState { Top = new StreamPosition(1000, "e"), ReadUpTo = 12 } };

        Assert.Equal(new StreamPosition(700, "e"), InboxPlan().RecoverFrom);
    }

    [Fact]
    public void Plan_UserWithoutInbox_HasNone()
    {
        _inboxes.Enabled = true;

        Assert.True(Plan([], "a,b", null, null, out var plans).IsNone);
        Assert.Empty(plans);
    }

    private SubscriptionPlan InboxPlan(params SubscribeRequest[] remembered)
    {
        var request = new ConnectRequest();
        foreach (var one in remembered)
        {
            request.Subs.Add("inbox:#7", one);
        }

        Assert.True(_planner.Plan(request, new ClientIdentity { User = "7" }, new Dictionary<string, SubscribeOptions>(), _admission, out var plans).IsNone);
        return Assert.Single(plans);
    }

    private Refusal Refused(string[] granted, string[]? listed = null) => Plan(granted, "7", null, listed, out _);

    private Refusal Plan(string[] granted, string user, DateTimeOffset? issuedAt, string[]? listed, out List<SubscriptionPlan> plans)
    {
        var request = new ConnectRequest();
        foreach (var channel in listed ?? [])
        {
            request.Subs.Add(channel, new SubscribeRequest());
        }

        return _planner.Plan(request, new ClientIdentity { User = user, IssuedAt = issuedAt }, granted.ToDictionary(c => c, _ => new SubscribeOptions()), _admission, out plans);
    }
}
