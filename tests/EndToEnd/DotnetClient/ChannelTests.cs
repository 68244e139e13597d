using WsCluster.Tests.EndToEnd.Harness;
using static WsCluster.Tests.EndToEnd.DotnetClient.ClientTrial;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

using WsCluster.Client;

/// <summary>What channels tell the .NET client: the scenarios presence, join-leave, wishes, permissions and history of node/scenarios.</summary>
[Collection(SharedCluster.Collection)]
public sealed class ChannelTests(SharedCluster shared)
{
    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Presence_BetweenGateways_ShowsAll(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("chat");
        var (alice, bob) = (t.Unique("alice"), t.Unique("bob"));
        var first = await SubscribeAsync(await t.ConnectedAsync(claims: new { sub = alice, info = new { name = "Alice" } }), channel);
        var bobsClient = await t.ConnectedAsync(1, bob);
        var second = await SubscribeAsync(bobsClient, channel);
        foreach (var kept in new[] { first, second })
        {
            var clients = await kept.Subscription.GetPresenceAsync();
            Assert.Equal([alice, bob], clients.Values.Select(c => c.User).Order());
            Assert.All(clients, entry => Assert.Equal(entry.Key, entry.Value.Client));
            Assert.Equal("{\"name\":\"Alice\"}", System.Text.Encoding.UTF8.GetString(clients.Values.Single(c => c.User == alice).ConnectionInfo.Span));
            var stats = await kept.Subscription.GetPresenceStatsAsync();
            Assert.Equal((2, 2), (stats.Clients, stats.Users));
        }

        await bobsClient.DisconnectAsync();
        await Patience.UntilAsync("bob to be gone", async () => (await first.Subscription.GetPresenceStatsAsync()).Users == 1);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task JoinLeave_BetweenGateways_ArePushed(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("chat");
        var (alice, bob) = (t.Unique("alice"), t.Unique("bob"));
        var watcher = await SubscribeAsync(await t.ConnectedAsync(0, alice), channel);
        var visitor = await t.ConnectedAsync(1, bob);
        await Patience.UntilAsync("the own join", () => Task.FromResult(watcher.Members.Length == 1));
        var visit = await SubscribeAsync(visitor, channel);
        await Patience.UntilAsync("the join", () => Task.FromResult(watcher.Members.Length == 2));
        await visit.Subscription.UnsubscribeAsync();
        await Patience.UntilAsync("the leave", () => Task.FromResult(watcher.Members.Length == 3));
        await visit.SubscribeAgainAsync();
        await Patience.UntilAsync("the second join", () => Task.FromResult(watcher.Members.Length == 4));
        await visitor.DisconnectAsync();
        await Patience.UntilAsync("the second leave", () => Task.FromResult(watcher.Members.Length == 5));
        Assert.Equal([$"join {alice}", $"join {bob}", $"leave {bob}", $"join {bob}", $"leave {bob}"], watcher.Members);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Subscribe_WithWishes_GetsWhatIsAllowed(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("wish");
        var asking = await SubscribeAsync(await t.ConnectedAsync(), channel, new SubscriptionOptions { Recoverable = true, JoinLeave = true });
        var positioned = await SubscribeAsync(await t.ConnectedAsync(), channel, new SubscriptionOptions { Positioned = true });
        var silent = await SubscribeAsync(await t.ConnectedAsync(1), channel);
        await Patience.UntilAsync("three joins", () => Task.FromResult(asking.Members.Length == 3));
        var plain = await SubscribeAsync(await t.ConnectedAsync(), t.Channel("plain"), new SubscriptionOptions { Recoverable = true, Positioned = true, JoinLeave = true });

        Assert.Equal([(true, true), (false, true), (false, false), (false, false)], new[] { asking, positioned, silent, plain }.Select(Flags));
        Assert.Empty(silent.Members);

        static (bool Recoverable, bool Positioned) Flags(Kept kept)
        {
            var change = kept.Changes(SubscriptionState.Subscribed)[0];
            return (change.Recoverable, change.Positioned);
        }
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task NotPermitted_IsRefusedWithItsCode(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var client = await t.ConnectedAsync(0, t.Unique("user"));
        Assert.Equal(103, await CodeAsync(SubscribeAsync(client, t.Channel("closed"))));
        Assert.Equal(102, await CodeAsync(SubscribeAsync(client, t.Channel("nowhere"))));
        Assert.Equal(107, await CodeAsync(SubscribeAsync(client, $"plain:{new string('x', 250)}")));
        Assert.Equal(103, await CodeAsync(client.PublishAsync(t.Channel("chat"), Json(1)))); // only subscribers publish there
        Assert.Equal(102, await CodeAsync(client.PublishAsync(t.Channel("nowhere"), Json(1))));
        Assert.Equal(108, await CodeAsync(client.GetPresenceAsync(t.Channel("plain"))));
        Assert.Equal(102, await CodeAsync(client.GetHistoryAsync(t.Channel("nowhere"), new HistoryQuery())));
        await SubscribeAsync(client, $"users:talk#{t.Unique("user")},42");
        Assert.Equal(103, await CodeAsync(SubscribeAsync(client, "users:talk#41,42")));
        Assert.Equal(ClientState.Connected, client.State);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task History_FromTheOtherGateway_IsReadByLimitPositionAndDirection(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("chat");
        var publisher = await SubscribeAsync(await t.ConnectedAsync(), channel);
        for (var n = 1; n <= 10; n++)
        {
            await publisher.Subscription.PublishAsync(Json(n));
        }

        var reader = (await SubscribeAsync(await t.ConnectedAsync(1), channel)).Subscription;
        var top = (await reader.GetHistoryAsync(new HistoryQuery())).Position;
        Assert.Equal(10UL, top.Offset);
        Assert.Equal("", await ReadAsync(new HistoryQuery()));
        Assert.Equal("1 2 3", await ReadAsync(new HistoryQuery { Limit = 3 }));
        Assert.Equal("1 2 3 4 5 6 7 8 9 10", await ReadAsync(new HistoryQuery { Limit = -1 }));
        Assert.Equal("5 6", await ReadAsync(new HistoryQuery { Limit = 2, Since = top with { Offset = 4 } }));
        Assert.Equal("10 9", await ReadAsync(new HistoryQuery { Limit = 2, Reverse = true }));
        Assert.Equal("3 2", await ReadAsync(new HistoryQuery { Limit = 2, Since = top with { Offset = 4 }, Reverse = true }));
        Assert.Equal(112, await CodeAsync(reader.GetHistoryAsync(new HistoryQuery { Limit = 1, Since = new StreamPosition(4, "other") })));

        async Task<string> ReadAsync(HistoryQuery query)
        {
            var page = await reader.GetHistoryAsync(query);
            Assert.All(page.Publications, p => Assert.Equal((channel, $"{p.Offset}"), (p.Channel, System.Text.Encoding.UTF8.GetString(p.Data.Span))));
            return string.Join(' ', page.Publications.Select(p => p.Offset));
        }
    }
}
