using System.Collections.Concurrent;
using System.Text;
using WsCluster.Tests.EndToEnd.Harness;
using static WsCluster.Tests.EndToEnd.DotnetClient.ClientTrial;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

using WsCluster.Client;

/// <summary>
/// What the server decides for the .NET client: the scenarios server-subscriptions, server-subscription-options, api-unsubscribe,
/// disconnect-user, connection-limit, connection-tokens, subscription-tokens and rpc-and-send of node/scenarios.
/// </summary>
[Collection(SharedCluster.Collection)]
public sealed class ServerSideTests(SharedCluster shared)
{
    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task ServerSubscriptions_FromTokenAndApi_DeliverAndRecover(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var user = t.Unique("user");
        var (news, alerts) = (t.Channel("closed", "news"), t.Channel("closed", "alerts"));
        var network = t.Network(0);
        var client = t.Client(claims: new { sub = user, channels = new[] { news } }, network: network);
        var changes = new ConcurrentQueue<SubscriptionStateChange>();
        client.ServerSubscriptionChanged += (_, change) => changes.Enqueue(change);
        await client.ConnectAsync();
        await using var reader = client.ReadAllAsync().GetAsyncEnumerator();
        await t.ApiAsync("publish", new { channel = news, data = 1 }, 1);
        Assert.Equal((news, "1"), await NextAsync());
        await CutAsync(client, network);
        await t.ApiAsync("publish", new { channel = news, data = 2 });
        await t.ApiAsync("publish", new { channel = news, data = 3 }, 1);
        network.Restore(t.Gateway(1));
        Assert.Equal((news, "2"), await NextAsync());
        Assert.Equal((news, "3"), await NextAsync());
        Assert.True(changes.Last().Recovered);

        await t.ApiAsync("subscribe", new { user, channel = alerts });
        await Patience.UntilAsync("the subscription of the API", () => Task.FromResult(changes.Last().Channel == alerts));
        await t.ApiAsync("publish", new { channel = alerts, data = 4 });
        Assert.Equal((alerts, "4"), await NextAsync());
        await t.ApiAsync("unsubscribe", new { user, channel = alerts });
        await Patience.UntilAsync("the end of it", () => Task.FromResult(changes.Last().State == SubscriptionState.Unsubscribed));
        await t.ApiAsync("publish", new { channel = alerts, data = 5 });
        await t.ApiAsync("publish", new { channel = news, data = 6 });
        Assert.Equal((news, "6"), await NextAsync());

        async Task<(string Channel, string Data)> NextAsync()
        {
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience.ForEvent));
            return (reader.Current.Channel, Encoding.UTF8.GetString(reader.Current.Data.Span));
        }
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task ServerSubscriptions_WithOptions_CarryData(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("closed");
        var client = t.Client(claims: new { sub = t.Unique("user"), subs = new Dictionary<string, object> { [channel] = new { data = new { rank = 3 } } } });
        SubscriptionStateChange? subscribed = null;
        client.ServerSubscriptionChanged += (_, change) => subscribed = change;
        await client.ConnectAsync();
        Assert.Equal((channel, "{\"rank\":3}"), (subscribed!.Channel, Encoding.UTF8.GetString(subscribed.Data.Span)));
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Unsubscribe_ByTheApi_EndsItOnEveryGateway(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var (channel, user) = (t.Channel("chat"), t.Unique("user"));
        Kept[] kept = [await SubscribeAsync(await t.ConnectedAsync(0, user), channel), await SubscribeAsync(await t.ConnectedAsync(1, user), channel)];
        var bystander = await SubscribeAsync(await t.ConnectedAsync(0, t.Unique("other")), channel);
        await t.ApiAsync("unsubscribe", new { user, channel }, 1);
        foreach (var k in kept)
        {
            Assert.Equal(2000, await CodeAsync(k.Reading));
            Assert.Equal(SubscriptionState.Unsubscribed, k.Subscription.State);
        }

        Assert.Equal(SubscriptionState.Subscribed, bystander.Subscription.State);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Disconnect_ByTheApi_EndsAllConnectionsOfTheUser(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var (user, other) = (t.Unique("user"), t.Unique("other"));
        WsClusterClient[] clients = [await t.ConnectedAsync(0, user), await t.ConnectedAsync(1, user)];
        var bystander = await t.ConnectedAsync(0, other);
        var ends = clients.Select(EndOf).ToArray();
        await t.ApiAsync("disconnect", new { user });
        Assert.All(await Task.WhenAll(ends), end => Assert.Equal((3503, "force disconnect"), (end.Code, end.Reason)));
        Assert.Equal(ClientState.Connected, bystander.State);
        var last = EndOf(bystander);
        await t.ApiAsync("disconnect", new { user = other, disconnect = new { code = 4900, reason = "closing time" } }, 1);
        Assert.Equal((4900, "closing time"), ((await last).Code, (await last).Reason));
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Connect_OverTheUsersLimit_IsRefusedAcrossGateways(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var user = t.Unique("user");
        var clients = new List<WsClusterClient>();
        for (var i = 0; i < TestCluster.MaxConnections; i++)
        {
            clients.Add(await t.ConnectedAsync(i % 2, user));
        }

        Assert.Equal(3504, await CodeAsync(t.Client(1, user).ConnectAsync()));
        await clients[0].DisconnectAsync();
        await Patience.UntilAsync("a place to become free", async () =>
        {
            try
            {
                await t.Client(1, user).ConnectAsync();
                return true;
            }
            catch (WsClusterClientException)
            {
                return false;
            }
        });
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Connect_ExpiringToken_IsRefreshed_ExpiredOneReplaced_ForgedOneRefused(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var sub = t.Unique("user");
        var issued = 0;
        var expiring = t.Client(options: o => o with
        {
            GetToken = _ =>
            {
                Interlocked.Increment(ref issued);
                return Task.FromResult<string?>(Tokens.Hmac(new { sub, exp = Tokens.Now(2) }));
            },
        });
        var changes = new ConcurrentQueue<ClientStateChange>();
        expiring.StateChanged += (_, change) => changes.Enqueue(change);
        await expiring.ConnectAsync();
        await Patience.UntilAsync("two refreshes", () => Task.FromResult(Volatile.Read(ref issued) >= 3));
        Assert.Equal([ClientState.Connecting, ClientState.Connected], changes.Select(c => c.State));

        var late = t.Client(1, claims: new { sub, exp = Tokens.Now(-60) }, options: o => o with { GetToken = _ => Task.FromResult<string?>(Tokens.Hmac(new { sub })) });
        var errors = new ConcurrentQueue<Exception>();
        late.Error += (_, e) => errors.Enqueue(e);
        await late.ConnectAsync();
        Assert.Equal(109, Assert.IsType<WsClusterClientException>(Assert.Single(errors)).Code);

        var forged = t.Client(1, options: o => o with { Token = Tokens.Hmac(new { sub }) + "x" });
        Assert.Equal(3500, await CodeAsync(forged.ConnectAsync()));
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Subscribe_PrivateChannel_NeedsItsToken(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var (channel, sub) = ($"${t.Channel("chat", "private")}", t.Unique("user"));
        var issued = 0;
        var client = await t.ConnectedAsync(0, sub);
        var kept = await SubscribeAsync(client, channel, new SubscriptionOptions
        {
            GetToken = (name, _) => Task.FromResult<string?>(Tokens.Hmac(new { sub, channel = name, exp = Tokens.Now(Interlocked.Increment(ref issued) == 1 ? -60 : 2) })),
        });
        await t.ApiAsync("publish", new { channel, data = "secret" }, 1);
        await kept.ReceivedAsync(1);
        await Patience.UntilAsync("two refreshes", () => Task.FromResult(Volatile.Read(ref issued) >= 4));
        Assert.Equal(SubscriptionState.Subscribed, kept.Subscription.State);
        Assert.Single(kept.Changes(SubscriptionState.Subscribed));

        Assert.Equal(103, await CodeAsync(SubscribeAsync(await t.ConnectedAsync(1, sub), channel)));
        var wrong = await t.ConnectedAsync(1, sub);
        var end = EndOf(wrong);
        Assert.Equal(3500, await CodeAsync(SubscribeAsync(
            wrong, channel, new SubscriptionOptions { Token = Tokens.Hmac(new { sub, channel = $"{channel}-other" }) })));
        Assert.Equal((3500, "invalid token"), ((await end).Code, (await end).Reason));
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task RpcAndSend_WithoutHandlers_AreRefused(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var client = await t.ConnectedAsync();
        Assert.Equal(108, await CodeAsync(client.RpcAsync("time", Json(new { }))));
        var end = EndOf(client);
        await client.SendAsync(Json(new { hello = 1 }));
        Assert.Equal(3508, (await end).Code);
    }
}
