using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Authorization;

/// <summary>Published keys, questions to the application, and rights that are taken back, on real processes.</summary>
public sealed class AuthorizationTests(AuthorizationCluster fixture, ITestOutputHelper output) : IClassFixture<AuthorizationCluster>
{
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    private TestCluster Cluster => fixture.Cluster;

    [Fact]
    public async Task Jwks_PublishedKeysAndTheirRotation_AreFollowed()
    {
        await using var first = await ConnectedAsync(0, Tokens.Rsa(new { sub = _user, iss = "application" }, fixture.Key, "first"));

        using var next = RSA.Create(2048);
        fixture.Application.On("/keys", _ => Tokens.KeySet(("first", fixture.Key), ("next", next)));
        await Patience.UntilAsync("the new key", async () =>
        {
            await using var client = await WireClient.OpenAsync(Cluster.Gateways[0]);
            await client.SendAsync(Connect(Tokens.Rsa(new { sub = _user, iss = "application" }, next, "next")));
            return (await client.ReplyAsync(1))["connect"] is not null; // until then: a temporary error
        });

        await using var forged = await WireClient.OpenAsync(Cluster.Gateways[1]);
        await forged.SendAsync(Connect(Tokens.Rsa(new { sub = _user, iss = "application" }, next, "first")));
        Assert.Equal((3500, "invalid token"), await forged.CloseAsync());
    }

    [Fact]
    public async Task Proxy_DecidesAboutConnectSubscribePublishAndRpc()
    {
        fixture.Application.On("/connect", body => body!["data"] is { } secret && (string?)secret == "open sesame"
            ? $$$$"""{"result":{"user":"{{{{_user}}}}","data":{"welcome":true},"info":{"name":"Ali"}}}"""
            : """{"disconnect":{"code":4501,"reason":"no"}}""");
        fixture.Application.On("/subscribe", body => (string?)body!["user"] == _user && (string?)body["channel"] == "asked:mine"
            ? """{"result":{"info":{"seat":1}}}"""
            : """{"error":{"code":1001,"message":"not yours"}}""");
        fixture.Application.On("/publish", body => $$$$"""{"result":{"data":{"said":{{{{body!["data"]!.ToJsonString()}}}}}}}""");
        fixture.Application.On("/rpc", body => $$$"""{"result":{"data":"{{{(string?)body!["method"]}}}"}}""");

        await using var refused = await WireClient.OpenAsync(Cluster.Gateways[0]);
        await refused.SendAsync("""{"id":1,"connect":{}}""");
        Assert.Equal((4501, "no"), await refused.CloseAsync());

        await using var client = await WireClient.OpenAsync(Cluster.Gateways[1]);
        await client.SendAsync("""{"id":1,"connect":{"data":"open sesame"}}""");
        Assert.True((bool)(await client.ReplyAsync(1))["connect"]!["data"]!["welcome"]!);
        await client.SendAsync("""{"id":2,"subscribe":{"channel":"asked:mine"}}""");
        Assert.NotNull((await client.ReplyAsync(2))["subscribe"]);
        await client.SendAsync("""{"id":3,"subscribe":{"channel":"asked:yours"}}""");
        Assert.Equal("""{"code":1001,"message":"not yours"}""", (await client.ReplyAsync(3))["error"]!.ToJsonString());
        await client.SendAsync("""{"id":4,"rpc":{"method":"hello"}}""");
        Assert.Equal("hello", (string?)(await client.ReplyAsync(4))["rpc"]!["data"]);
        await client.SendAsync("""{"id":5,"publish":{"channel":"asked:mine","data":"hi"}}""");
        var publication = await client.PublicationAsync();
        Assert.Equal("""{"said":"hi"}""", publication["data"]!.ToJsonString());
        Assert.Equal("""{"seat":1}""", publication["info"]!["chan_info"]!.ToJsonString());
    }

    [Fact]
    public async Task Revoke_User_EndsConnectionsOnEveryGatewayAndTheirTokens()
    {
        var old = Tokens.Hmac(new { sub = _user, iat = Tokens.Now(-60) });
        await using var first = await ConnectedAsync(0, old);
        await using var second = await ConnectedAsync(1, old);
        await using var other = await ConnectedAsync(1, Tokens.Hmac(new { sub = _user + "-other", iat = Tokens.Now(-60) }));
        using var api = new ServerApi(Cluster.Gateways[0]);

        var clock = Stopwatch.StartNew();
        await api.CallAsync("revoke", new { user = _user });
        Assert.Equal((3014, "state invalidated"), await first.CloseAsync());
        Assert.Equal((3014, "state invalidated"), await second.CloseAsync());
        output.WriteLine($"Both connections were closed within {clock.ElapsedMilliseconds} ms; the bound is {WsCluster.Routing.IRevocationGrain.Bound}.");

        foreach (var gateway in new[] { 0, 1 })
        {
            await using var again = await WireClient.OpenAsync(Cluster.Gateways[gateway]);
            await again.SendAsync(Connect(old));
            Assert.Equal(ErrorCode.TokenExpired, await again.ErrorAsync(1));
            await using var renewed = await ConnectedAsync(gateway, Tokens.Hmac(new { sub = _user, iat = Tokens.Now(5) }));
        }

        await other.SendAsync("""{"id":9,"unsubscribe":{"channel":"none"}}""");
        Assert.NotNull((await other.ReplyAsync(9))["unsubscribe"]);
    }

    [Fact]
    public async Task Revoke_Session_OutlivesTheSilo()
    {
        var token = Tokens.Hmac(new { sub = _user, sid = "phone", iat = Tokens.Now() });
        await using var phone = await ConnectedAsync(0, token);
        await using var laptop = await ConnectedAsync(1, Tokens.Hmac(new { sub = _user, sid = "laptop", iat = Tokens.Now() }));
        using var api = new ServerApi(Cluster.Gateways[1]);
        await api.CallAsync("revoke", new { user = _user, session = "phone" });
        Assert.Equal((3014, "state invalidated"), await phone.CloseAsync());
        await laptop.SendAsync("""{"id":9,"unsubscribe":{"channel":"none"}}""");
        Assert.NotNull((await laptop.ReplyAsync(9))["unsubscribe"]);

        // A gateway that knows nothing yet asks a silo that knows nothing itself.
        await Cluster.StartSiloAsync();
        await Cluster.Silos[^2].Process.KillAsync();
        var fresh = await Cluster.StartGatewayAsync();
        await using var again = await WireClient.OpenAsync(fresh);
        await again.SendAsync(Connect(token));
        Assert.Equal(ErrorCode.TokenExpired, await again.ErrorAsync(1));
    }

    [Fact]
    public async Task Revoke_Channel_TakesTheRightAwayAndANewTokenGivesItBack()
    {
        var channel = $"chat:{Guid.NewGuid():N}";
        await using var client = await ConnectedAsync(1, Tokens.Hmac(new { sub = _user, iat = Tokens.Now(-60) }));
        await SubscribeAsync(client, channel);
        using var api = new ServerApi(Cluster.Gateways[0]);

        await api.CallAsync("revoke", new { user = _user, channel });

        Assert.Equal(2000, (int)(await UnsubscribedAsync(client, channel))["code"]!);
        await client.SendAsync($$$"""{"id":5,"subscribe":{"channel":"{{{channel}}}"}}""");
        Assert.Equal(ErrorCode.PermissionDenied, await client.ErrorAsync(5));
        await client.SendAsync($$$"""{"id":6,"publish":{"channel":"{{{channel}}}","data":1}}""");
        Assert.Equal(ErrorCode.PermissionDenied, await client.ErrorAsync(6));
        await SubscribeAsync(client, channel, Tokens.Hmac(new { sub = _user, channel, iat = Tokens.Now(5) }));
    }

    [Fact]
    public async Task Reload_PermissionTakenBack_EndsSubscriptionsOnEveryGateway()
    {
        await using var first = await ConnectedAsync(0, Tokens.Hmac(new { sub = _user }));
        await using var second = await ConnectedAsync(1, Tokens.Hmac(new { sub = _user }));
        foreach (var client in new[] { first, second })
        {
            await SubscribeAsync(client, "plain:1");
            await SubscribeAsync(client, "open:1");
        }

        var clock = Stopwatch.StartNew();
        fixture.Configure(namespaces => namespaces["plain"]!["AllowSubscribeForClient"] = false);
        foreach (var client in new[] { first, second })
        {
            Assert.Equal(2000, (int)(await UnsubscribedAsync(client, "plain:1"))["code"]!);
            await client.SendAsync("""{"id":5,"subscribe":{"channel":"plain:1"}}""");
            Assert.Equal(ErrorCode.PermissionDenied, await client.ErrorAsync(5));
        }

        output.WriteLine($"Both gateways followed within {clock.ElapsedMilliseconds} ms.");

        // A mistake in the file is refused and changes nothing: "open" stays as it was.
        fixture.Configure(namespaces => namespaces["open"]!["AllowSubscribeForClients"] = false);
        await Patience.UntilAsync("the refusal in the log", () => Task.FromResult(
            Cluster.Gateways.Take(2).All(g => g.Process.Log.Contains("AllowSubscribeForClients is not a known key", StringComparison.Ordinal))));
        await SubscribeAsync(first, "open:2");

        fixture.Configure(namespaces =>
        {
            namespaces["open"]!.AsObject().Remove("AllowSubscribeForClients");
            namespaces["plain"]!["AllowSubscribeForClient"] = true;
        });
        await Patience.UntilAsync("the permission is back", async () =>
        {
            await second.SendAsync("""{"id":7,"subscribe":{"channel":"plain:2"}}""");
            return (await second.ReplyAsync(7))["subscribe"] is not null;
        });
    }

    [Fact]
    public async Task Users_AcrossGateways_AreListedAndGoneWithAKilledGateway()
    {
        var channel = $"chat:{Guid.NewGuid():N}";
        var doomed = await Cluster.StartGatewayAsync();
        await using var first = await ConnectedAsync(0, Tokens.Hmac(new { sub = _user, sid = "here" }));
        await using var second = await WireClient.OpenAsync(doomed);
        await second.SendAsync(Connect(Tokens.Hmac(new { sub = _user, sid = "there" })));
        Assert.NotNull((await second.ReplyAsync(1))["connect"]);
        await SubscribeAsync(first, channel);
        using var api = new ServerApi(Cluster.Gateways[1]);

        var connections = (await api.CallAsync("connections", new { user = _user }))["connections"]!.AsArray();
        Assert.Equal(["here", "there"], connections.Select(c => (string)c!["session"]!).Order());
        Assert.Equal([channel], connections.Single(c => (string)c!["session"]! == "here")!["channels"]!.AsArray().Select(c => (string)c!));
        Assert.Equal(2, connections.Select(c => (string)c!["node"]!).Distinct().Count());
        Assert.Equal(2, (int)(await api.CallAsync("users", new { pattern = _user }))["users"]![0]!["num_clients"]!);
        Assert.Equal(2, (int)(await api.CallAsync("user_status", new { user = _user }))["num_clients"]!);
        var one = await api.CallAsync("connections", new { user = _user, limit = 1 });
        var other = await api.CallAsync("connections", new { user = _user, limit = 1, after = (string)one["next"]! });
        Assert.NotEqual((string)one["connections"]![0]!["client"]!, (string)other["connections"]![0]!["client"]!);

        await doomed.Process.KillAsync();
        await first.DisposeAsync();

        await Patience.UntilAsync("the user is offline", async () => !(bool)(await api.CallAsync("user_status", new { user = _user }))["online"]!);
        Assert.InRange((long)(await api.CallAsync("user_status", new { user = _user }))["last_seen"]!, Tokens.Now(-60), Tokens.Now(60));
        Assert.Empty((await api.CallAsync("connections", new { user = _user }))["connections"]!.AsArray());
    }

    private static string Connect(string token) => $$$"""{"id":1,"connect":{"token":"{{{token}}}"}}""";

    private async Task<WireClient> ConnectedAsync(int gateway, string token)
    {
        var client = await WireClient.OpenAsync(Cluster.Gateways[gateway]);
        await client.SendAsync(Connect(token));
        var reply = await client.ReplyAsync(1);
        Assert.True(reply["connect"] is not null, reply.ToJsonString());
        return client;
    }

    private static async Task SubscribeAsync(WireClient client, string channel, string token = "")
    {
        await client.SendAsync($$$"""{"id":99,"subscribe":{"channel":"{{{channel}}}","token":"{{{token}}}"}}""");
        var reply = await client.ReplyAsync(99);
        Assert.True(reply["subscribe"] is not null, reply.ToJsonString());
    }

    private static async Task<JsonNode> UnsubscribedAsync(WireClient client, string channel)
    {
        while (true)
        {
            if ((await client.ReceiveAsync())["push"] is { } push && (string?)push["channel"] == channel && push["unsubscribe"] is { } unsubscribe)
            {
                return unsubscribe;
            }
        }
    }
}
