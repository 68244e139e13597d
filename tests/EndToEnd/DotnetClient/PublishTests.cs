using WsCluster.Tests.EndToEnd.Harness;
using static WsCluster.Tests.EndToEnd.DotnetClient.ClientTrial;

namespace WsCluster.Tests.EndToEnd.DotnetClient;

using WsCluster.Client;

/// <summary>The .NET client publishes and receives, on two gateways: the scenarios publish, plain, many-channels, idempotency and tags-filter of node/scenarios.</summary>
[Collection(SharedCluster.Collection)]
public sealed class PublishTests(SharedCluster shared)
{
    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Publish_BetweenGateways_ReachesBoth(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("chat");
        var alice = await SubscribeAsync(await t.ConnectedAsync(0, t.Unique("alice")), channel);
        var bob = await SubscribeAsync(await t.ConnectedAsync(1, t.Unique("bob")), channel);
        await alice.Subscription.PublishJsonAsync(new { From = "alice", Text = "Grüße, 😀" });
        await bob.ReceivedAsync(1);
        await bob.Subscription.PublishAsync(Json(12345678901.5));
        await alice.ReceivedAsync(2);
        await t.ApiAsync("publish", new { channel, data = new[] { "from", "the", "api" }, tags = new { kind = "news" } });
        await t.ApiAsync("publish", new { channel, data = (object?)null }, 1);
        await alice.ReceivedAsync(4);
        await bob.ReceivedAsync(4);

        Assert.Equal(alice.Data, bob.Data);
        Assert.Equal(["12345678901.5", "[\"from\",\"the\",\"api\"]", "null"], alice.Data[1..]);
        Assert.Equal(new Message("alice", "Grüße, 😀"), alice.Publications[0].ReadJson<Message>());
        Assert.Equal([1UL, 2UL, 3UL, 4UL], bob.Publications.Select(p => p.Offset));
        Assert.Equal([t.Unique("alice"), t.Unique("bob"), null, null], bob.Publications.Select(p => p.Info?.User));
        Assert.Equal("news", bob.Publications[2].Tags["kind"]);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Publish_WithoutHistory_HasNoOffset_AndNothingComesAfterAnUnsubscribe(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("plain");
        var publisher = await t.ConnectedAsync();
        var subscriber = await t.ConnectedAsync(1);
        var kept = await SubscribeAsync(subscriber, channel);
        var witness = await SubscribeAsync(await t.ConnectedAsync(1), channel);
        await publisher.PublishAsync(channel, Json(1));
        await kept.ReceivedAsync(1);
        await kept.Subscription.UnsubscribeAsync();
        await CodeAsync(subscriber.GetPresenceStatsAsync(channel)); // answered in order: the unsubscribe has been handled
        await publisher.PublishAsync(channel, Json(2));
        await witness.ReceivedAsync(2);
        await kept.SubscribeAgainAsync();
        await publisher.PublishAsync(channel, Json(3));
        await kept.ReceivedAsync(2);

        Assert.Equal(["1", "3"], kept.Data);
        Assert.Equal(["1", "2"], witness.Data[..2]);
        Assert.All(kept.Publications, p => Assert.Equal(0UL, p.Offset));
        Assert.True(kept.Publications[1].AfterGap); // there is no history that could tell
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Publish_HundredChannels_KeepTheirOrder(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        WsClusterClient[] clients = [await t.ConnectedAsync(), await t.ConnectedAsync(1)];
        var kept = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => SubscribeAsync(clients[i % 2], t.Channel("plain", $"c{i}"))));
        for (var n = 0; n < 10; n++)
        {
            await Task.WhenAll(kept.Select((k, i) => clients[(i + 1) % 2].PublishAsync(k.Subscription.Channel, Json(n))));
        }

        foreach (var k in kept)
        {
            await k.ReceivedAsync(10);
            Assert.Equal(Numbers(0, 9), k.Data);
        }
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task Publish_SameIdempotencyKey_ArrivesOnce(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("chat");
        var kept = await SubscribeAsync(await t.ConnectedAsync(1), channel);
        foreach (var gateway in new[] { 0, 1, 0 })
        {
            await t.ApiAsync("publish", new { channel, data = "once", idempotency_key = t.Unique("key") }, gateway);
        }

        await t.ApiAsync("publish", new { channel, data = "end" });
        await kept.ReceivedAsync(2);
        Assert.Equal(["\"once\"", "\"end\""], kept.Data);
    }

    [Theory, InlineData(ClientProtocol.Json), InlineData(ClientProtocol.Protobuf)]
    public async Task TagsFilter_ShowsWhatMatches(ClientProtocol protocol)
    {
        await using var t = new ClientTrial(shared.Cluster, protocol);
        var channel = t.Channel("tagged");
        var filter = TagsFilter.All(TagsFilter.In("team", "red", "blue"), TagsFilter.AtLeast("goals", 2));
        var kept = await SubscribeAsync(await t.ConnectedAsync(1), channel, new SubscriptionOptions { TagsFilter = filter });
        foreach (var (team, goals) in new[] { ("red", "1"), ("red", "2"), ("green", "5"), ("blue", "10"), ("blue", "x"), ("red", "3") })
        {
            await t.ApiAsync("publish", new { channel, data = $"{team} {goals}", tags = new { team, goals } });
        }

        await kept.ReceivedAsync(3);
        Assert.Equal(["\"red 2\"", "\"blue 10\"", "\"red 3\""], kept.Data);
        Assert.Single(kept.Changes(SubscriptionState.Subscribed));
        Assert.DoesNotContain(kept.Publications, p => p.AfterGap);
    }

    [Fact]
    public async Task Protobuf_AnyBytes_ArriveAsTheyAre()
    {
        await using var t = new ClientTrial(shared.Cluster, ClientProtocol.Protobuf);
        var channel = t.Channel("open");
        var kept = await SubscribeAsync(await t.ConnectedAsync(1), channel);
        byte[] bytes = [0, 255, 10, 13, 128];
        await (await t.ConnectedAsync()).PublishAsync(channel, bytes);
        await kept.ReceivedAsync(1);
        Assert.Equal(bytes, kept.Publications[0].Data.ToArray());
    }

    private sealed record Message(string From, string Text);
}
