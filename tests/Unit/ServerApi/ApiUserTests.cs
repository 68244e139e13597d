using System.Text;
using WsCluster.Tests.Unit.Client;

namespace WsCluster.Tests.Unit.ServerApi;

/// <summary>Methods about a user's connections.</summary>
public class ApiUserTests
{
    [Fact]
    public async Task Subscribe_AllMembers_ReachTheUser()
    {
        await using var api = await ApiHost.StartAsync();

        var answer = await api.CallAsync("subscribe", """
            {"user":"42","channel":"chat:a","client":"c1","expire_at":1700000000,"info":{"n":1},"b64data":"AQI=",
             "recover_since":{"offset":5,"epoch":"e"},
             "override":{"presence":{"value":true},"join_leave":{"value":false},"force_recovery":{}}}
            """);

        Assert.Equal("""{"result":{}}""", answer);
        var (user, call) = Assert.Single(api.Grains.Calls);
        var command = Assert.IsType<SubscribeUser>(call);
        Assert.Equal("42", user);
        Assert.Equal(("c1", "chat:a", new StreamPosition(5, "e")), (command.Client, command.Channel, command.RecoverSince));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), command.Options!.ExpireAt);
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(command.Options.ChanInfo!));
        Assert.Equal([1, 2], command.Options.Data!);
        Assert.Equal(
            (true, false, null, false, null),
            (command.Options.Presence, command.Options.JoinLeave, command.Options.ForcePushJoinLeave, command.Options.ForceRecovery, command.Options.ForcePositioning));
    }

    [Theory]
    [InlineData("subscribe", """{"user":"42"}""", 107)]
    [InlineData("subscribe", """{"user":"42","channel":"no:a"}""", 102)]
    [InlineData("subscribe", """{"user":"42","channel":"chat:a","b64info":"%"}""", 107)]
    [InlineData("subscribe", """{"user":"42","channel":"chat:a","expire_at":1700000000000000}""", 107)]
    [InlineData("unsubscribe", """{"user":"42","channel":"no:a"}""", 102)]
    [InlineData("disconnect", """{"user":"42","disconnect":{"code":1000}}""", 107)]
    [InlineData("disconnect", """{"user":"42","disconnect":{"code":5000}}""", 107)]
    [InlineData("refresh", """{"user":"42","b64info":"%"}""", 107)]
    public async Task UserMethod_Invalid_IsRefused(string method, string body, int code)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.StartsWith($$"""{"error":{"code":{{code}},""", await api.CallAsync(method, body), StringComparison.Ordinal);
        Assert.Empty(api.Grains.Calls);
    }

    [Fact]
    public async Task Unsubscribe_Channel_ReachesTheUser()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{}}""", await api.CallAsync("unsubscribe", """{"user":"42","channel":"chat:a","client":"c1"}"""));

        Assert.Equal(new UnsubscribeUser { Channel = "chat:a", Client = "c1" }, Assert.Single(api.Grains.CallsOf<UserCommand>()));
    }

    [Fact]
    public async Task Unsubscribe_EmptyChannel_DoesNothing()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{}}""", await api.CallAsync("unsubscribe", """{"user":"42"}"""));
        Assert.Empty(api.Grains.Calls);
    }

    [Theory]
    [InlineData("""{"user":"42"}""", 3503, "force disconnect")]
    [InlineData("""{"user":"42","disconnect":{"code":4001,"reason":"later"}}""", 4001, "later")]
    [InlineData("""{"user":"42","disconnect":{"code":3011}}""", 3011, "force reconnect")]
    [InlineData("""{"user":"42","disconnect":{"code":4001}}""", 4001, "")]
    public async Task Disconnect_User_HasCodeAndReason(string body, int code, string reason)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{}}""", await api.CallAsync("disconnect", body));

        var command = Assert.Single(api.Grains.CallsOf<DisconnectUser>());
        Assert.Equal((code, reason, null, null), (command.Code, command.Reason, command.Client, command.Whitelist));
    }

    [Fact]
    public async Task Disconnect_Whitelist_SparesConnections()
    {
        await using var api = await ApiHost.StartAsync();

        await api.CallAsync("disconnect", """{"user":"42","client":"","whitelist":["c1","c2"]}""");

        Assert.Equal(["c1", "c2"], Assert.Single(api.Grains.CallsOf<DisconnectUser>()).Whitelist!);
    }

    [Fact]
    public async Task Refresh_User_HasExpiryAndInfo()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{}}""", await api.CallAsync("refresh", """{"user":"42","expired":true,"expire_at":1700000000,"info":{"a":1}}"""));

        var command = Assert.Single(api.Grains.CallsOf<RefreshUser>());
        Assert.Equal((true, DateTimeOffset.FromUnixTimeSeconds(1700000000)), (command.Expired, command.ExpireAt));
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(command.Info!));
    }

    [Fact]
    public async Task UserMethod_EmptyUser_MeansTheAnonymousConnections()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.Gateways.Add(new FakeGateway("g1"));

        Assert.Equal("""{"result":{}}""", await api.CallAsync("disconnect", """{"user":""}"""));
        Assert.Equal("""{"result":{}}""", await api.CallAsync("unsubscribe", """{"channel":"chat:a"}"""));

        Assert.Empty(api.Grains.Calls);
        Assert.Equal([typeof(DisconnectUser), typeof(UnsubscribeUser)], api.Grains.Gateways[0].AnonymousCommands.Select(command => command.GetType()));
    }

    [Fact]
    public async Task UserMethod_Session_NeverReachesOtherConnections()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{}}""", await api.CallAsync("disconnect", """{"user":"42","session":"s1"}"""));

        Assert.Empty(api.Grains.Calls);
    }

    [Fact]
    public async Task Revoke_AllMembers_ReachTheCluster()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal(
            """{"result":{}}""",
            await api.CallAsync("revoke", """{"user":"42","session":"s","channel":"chat:a","issued_before":1700000000,"keep_until":1800000000}"""));
        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync("revoke", """{"user":"42","issued_before":1700000000000000}"""));

        Assert.Equal(
            new Revocation
            {
                User = "42",
                Session = "s",
                Channel = "chat:a",
                IssuedBefore = DateTimeOffset.FromUnixTimeSeconds(1700000000),
                KeepUntil = DateTimeOffset.FromUnixTimeSeconds(1800000000),
            },
            Assert.Single(api.Grains.CallsOf<Revocation>()));
    }
}
