using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Commands;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Tests.Unit.Subscriptions;

/// <summary>What a client is subscribed to when it connects (protocol §7.4).</summary>
public sealed class ConnectPlannerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GatewayOptions _gateway = new() { MaxChannelsPerConnection = 3 };
    private readonly ChannelNamespaces _channels = new() { Namespaces = { ["me"] = new ChannelOptions() } };
    private readonly RevocationList _revocations;
    private readonly ConnectPlanner _planner;

    public ConnectPlannerTests()
    {
        _revocations = new RevocationList(_time);
        var gateway = new FixedOptions<GatewayOptions>(_gateway);
        var namespaces = new FixedOptions<ChannelNamespaces>(_channels);
        var access = new ChannelAccess(gateway, _revocations);
        var planner = new SubscriptionPlanner(new ChannelRules(namespaces, gateway, TestMetrics.Gateway()), namespaces, gateway, access, subscribeAccess: null!, _time);
        _planner = new ConnectPlanner(planner, _revocations, gateway);
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

    private Refusal Refused(string[] granted, string[]? listed = null) => Plan(granted, "7", null, listed, out _);

    private Refusal Plan(string[] granted, string user, DateTimeOffset? issuedAt, string[]? listed, out List<SubscriptionPlan> plans)
    {
        var request = new ConnectRequest();
        foreach (var channel in listed ?? [])
        {
            request.Subs.Add(channel, new SubscribeRequest());
        }

        return _planner.Plan(request, new ClientIdentity { User = user, IssuedAt = issuedAt }, granted.ToDictionary(c => c, _ => new SubscribeOptions()), out plans);
    }
}
