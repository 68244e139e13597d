using System.Text;
using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

[Collection(nameof(SharedCluster))]
public sealed class ChannelGrainTests(SiloCluster cluster)
{
    private readonly string _channel = $"channel-{Guid.NewGuid():N}";

    private IChannelGrain Channel => cluster.Client.GetGrain<IChannelGrain>(_channel);

    [Fact]
    public async Task Publish_ReachesEachGatewayInOrder()
    {
        var (first, second) = (cluster.AddGateway(), cluster.AddGateway());
        var attachment = await first.SubscribeAsync(_channel);
        await second.SubscribeAsync(_channel);
        var texts = Enumerable.Range(1, 200).Select(i => $"{i}").ToArray();

        foreach (var text in texts)
        {
            await PublishAsync(text);
        }

        foreach (var gateway in new[] { first, second })
        {
            await Wait.UntilAsync("all publications", () => gateway.Published(_channel).Count == texts.Length);
            Assert.Equal(texts, gateway.Published(_channel));
            Assert.Equal(Enumerable.Range(1, 200).Select(i => (ulong)i), gateway.Delivered.Select(entry => entry.Publication!.Offset));
            Assert.All(gateway.Delivered, entry => Assert.Equal(attachment.Top.Epoch, entry.Epoch));
        }
    }

    [Fact]
    public async Task Publish_Concurrently_GivesEachItsOffset()
    {
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(_channel);

        var positions = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => PublishAsync($"{i}")));

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), positions.Select(position => position.Offset).Order());
        await Wait.UntilAsync("all publications", () => gateway.Published(_channel).Count == 100);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), gateway.Delivered.Select(entry => entry.Publication!.Offset));
    }

    [Fact]
    public async Task Canary_IsDeliveredAndKeepsNothing()
    {
        var canary = $"!canary:{_channel}:1:0";
        var grain = cluster.Client.GetGrain<IChannelGrain>(canary);
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(canary);

        Assert.Equal(StreamPosition.None, await grain.PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes("1") }));

        await Wait.UntilAsync("the publication", () => gateway.Published(canary).Count == 1);
        var thrown = await Assert.ThrowsAsync<WsClusterException>(() => grain.GetHistoryAsync(new HistoryQuery { Limit = 1 }));
        Assert.Equal(ErrorCode.NotAvailable, thrown.Code);
    }

    [Fact]
    public async Task Subscribe_AnswersWithTopAndLatest()
    {
        var gateway = cluster.AddGateway();
        var empty = await gateway.SubscribeAsync(_channel);
        Assert.Equal(0UL, empty.Top.Offset);
        Assert.NotEmpty(empty.Top.Epoch);
        Assert.Null(empty.Latest);
        await PublishAsync("a");

        var again = await gateway.SubscribeAsync(_channel);

        Assert.Equal(new StreamPosition(1, empty.Top.Epoch), again.Top);
        Assert.Equal("a", Encoding.UTF8.GetString(again.Latest!.Data));
        Assert.Equal(empty.SiloId, again.SiloId);
        Assert.Contains(cluster.Cluster.Silos, silo => silo.SiloAddress.ToParsableString() == again.SiloId);
    }

    [Fact]
    public async Task Subscribe_Again_StartsNoSecondDelivery()
    {
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(_channel);
        await gateway.SubscribeAsync(_channel);

        await PublishAsync("a");
        await PublishAsync("b");

        await Wait.UntilAsync("the last publication", () => gateway.Published(_channel).Contains("b"));
        Assert.Equal(["a", "b"], gateway.Published(_channel));
    }

    [Fact]
    public async Task Unsubscribe_EndsDeliveriesOfThatGatewayOnly()
    {
        var (leaving, staying) = (cluster.AddGateway(), cluster.AddGateway());
        await leaving.SubscribeAsync(_channel, Member("a"));
        await staying.SubscribeAsync(_channel);
        await PublishAsync("1");

        await leaving.UnsubscribeAsync(_channel);
        await PublishAsync("2");
        await PublishAsync("3");

        await Wait.UntilAsync("the last publication", () => staying.Published(_channel).Count == 3);
        await Wait.UntilAsync("the first publication", () => leaving.Published(_channel).Count > 0);
        Assert.Equal(["1"], leaving.Published(_channel));
        Assert.Equal(["-a"], staying.Announced(_channel));
        Assert.False(await leaving.UpdateAsync(_channel, new PresenceChange(Member("b"), true)));
    }

    [Fact]
    public async Task Unsubscribe_OlderThanTheNewestSubscription_IsIgnored()
    {
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(_channel);
        var late = gateway.Number;
        await gateway.SubscribeAsync(_channel);

        await gateway.UnsubscribeAsync(_channel, late);
        await PublishAsync("1");

        await Wait.UntilAsync("the publication", () => gateway.Published(_channel).Count == 1);
    }

    [Fact]
    public async Task Subscribe_ThatArrivesAfterItsEnd_LeavesNothing()
    {
        var gateway = cluster.AddGateway();
        var late = gateway.Number;
        await gateway.SubscribeAsync(_channel);
        await gateway.UnsubscribeAsync(_channel);

        var refused = await Assert.ThrowsAsync<WsClusterException>(() => gateway.SubscribeAsync(_channel, late + 1, Member("ghost")));

        Assert.True(refused.IsTemporary);
        Assert.Empty(await Channel.GetPresenceAsync());
        await gateway.SubscribeAsync(_channel, Member("a"));
        Assert.Equal(["a"], (await Channel.GetPresenceAsync()).Keys);
    }

    [Fact]
    public async Task Subscribe_NewWithMembers_IsAskedWhetherItMeansIt()
    {
        var (first, again) = (cluster.AddGateway(), cluster.AddGateway());
        await again.SubscribeAsync(_channel);
        await again.SubscribeAsync(_channel, Member("b"));
        await first.SubscribeAsync(_channel, Member("a"));

        await Wait.UntilAsync("the question", () => first.Delivered.Any(IsQuestion));
        await PublishAsync("1");
        await Wait.UntilAsync("the publication", () => again.Published(_channel).Count == 1);
        Assert.DoesNotContain(again.Delivered, IsQuestion);

        bool IsQuestion(Delivered entry) => entry.Kind == DeliveryKind.Attached && entry.Key == _channel;
    }

    [Fact]
    public async Task Presence_AcrossGateways()
    {
        var (first, second) = (cluster.AddGateway(), cluster.AddGateway());
        await first.SubscribeAsync(_channel, Member("a", "u1"));
        await second.SubscribeAsync(_channel);

        Assert.True(await second.UpdateAsync(_channel, new PresenceChange(Member("b", "u1"), true), new PresenceChange(Member("c", ""), true)));
        Assert.True(await second.UpdateAsync(_channel, new PresenceChange(Member("c"), false)));

        Assert.Equal(["a", "b"], (await Channel.GetPresenceAsync()).Keys.Order());
        Assert.Equal(new PresenceStats(2, 1), await Channel.GetPresenceStatsAsync());
        await Wait.UntilAsync("the leave", () => first.Announced(_channel).Contains("-c"));
        Assert.Equal(["+a", "+b", "+c", "-c"], first.Announced(_channel));
    }

    [Fact]
    public async Task Resubscribe_WholeSet_AnnouncesTheDifferenceOnly()
    {
        var (watching, gateway) = (cluster.AddGateway(), cluster.AddGateway());
        await watching.SubscribeAsync(_channel);
        await gateway.SubscribeAsync(_channel, Member("a"), Member("b"));

        await gateway.SubscribeAsync(_channel, Member("b"), Member("c"));

        await Wait.UntilAsync("the last join", () => watching.Announced(_channel).Contains("+c"));
        Assert.Equal(["+a", "+b", "-a", "+c"], watching.Announced(_channel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LostGateway_ItsMembersLeave(bool hangs)
    {
        var (lost, watching) = (cluster.AddGateway(), cluster.AddGateway());
        await lost.SubscribeAsync(_channel, Member("ghost"));
        await watching.SubscribeAsync(_channel, Member("alive"));
        if (hangs)
        {
            lost.Hangs = true;
        }
        else
        {
            lost.Vanish();
        }

        await PublishAsync("1");

        await Wait.UntilAsync("the ghost's leave", () => watching.Announced(_channel).Contains("-ghost"));
        Assert.Equal(["alive"], (await Channel.GetPresenceAsync()).Keys);
        Assert.False(await lost.UpdateAsync(_channel));
        Assert.Equal(["1"], watching.Published(_channel));
    }

    [Fact]
    public async Task LostGateway_MaySubscribeAgain()
    {
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(_channel, Member("a"));
        gateway.Hangs = true;
        await Wait.UntilAsync("the loss", async () => (await Channel.GetPresenceAsync()).Count == 0);
        gateway.Hangs = false;
        gateway = cluster.AddGateway(gateway.Id, gateway.Lane.Incarnation);

        await gateway.SubscribeAsync(_channel, Member("a"));
        await PublishAsync("1");

        await Wait.UntilAsync("a publication", () => gateway.Published(_channel).Count == 1);
        Assert.Equal(["a"], (await Channel.GetPresenceAsync()).Keys);
    }

    [Fact]
    public async Task NewerIncarnation_ReplacesTheOlderAtOnce()
    {
        var older = cluster.AddGateway();
        await older.SubscribeAsync(_channel, Member("old"));
        var newer = cluster.AddGateway(older.Id, 2);

        await newer.SubscribeAsync(_channel, Member("new"));
        await PublishAsync("1");

        Assert.Equal(["new"], (await Channel.GetPresenceAsync()).Keys);
        await Wait.UntilAsync("a publication", () => newer.Published(_channel).Count == 1);
        Assert.Empty(older.Published(_channel));
        var refused = await Assert.ThrowsAsync<WsClusterException>(() => older.SubscribeAsync(_channel));
        Assert.Equal(ErrorCode.BadRequest, refused.Code);
    }

    [Fact]
    public async Task History_IsReadBothWays()
    {
        for (var i = 1; i <= 5; i++)
        {
            await PublishAsync($"{i}");
        }

        Assert.Equal(["1", "2", "3", "4", "5"], await HistoryAsync(new HistoryQuery { Limit = -1 }));
        Assert.Equal([], await HistoryAsync(new HistoryQuery()));
        Assert.Equal(["5", "4"], await HistoryAsync(new HistoryQuery { Limit = 2, Reverse = true }));
        var top = (await Channel.GetHistoryAsync(new HistoryQuery())).Top;
        Assert.Equal(5UL, top.Offset);
        Assert.Equal(["3", "4", "5"], await HistoryAsync(new HistoryQuery { Limit = -1, Since = top with { Offset = 2 } }));
        Assert.Equal(["1"], await HistoryAsync(new HistoryQuery { Limit = -1, Since = top with { Offset = 2 }, Reverse = true }));
        Assert.Equal(["5"], await HistoryAsync(new HistoryQuery { Limit = -1, Since = new StreamPosition(4, "") }));
    }

    [Fact]
    public async Task History_WrongQuestions_AreRefused()
    {
        await PublishAsync("1");

        await AssertRefusedAsync(ErrorCode.UnrecoverablePosition, () => Channel.GetHistoryAsync(new HistoryQuery { Since = new StreamPosition(0, "other") }));
        await AssertRefusedAsync(ErrorCode.BadRequest, () => Channel.GetHistoryAsync(new HistoryQuery { Since = new StreamPosition(0, ""), Reverse = true }));
    }

    [Fact]
    public async Task RemoveHistory_KeepsThePosition()
    {
        var position = await PublishAsync("1");

        await Channel.RemoveHistoryAsync();

        var page = await Channel.GetHistoryAsync(new HistoryQuery { Limit = -1 });
        Assert.Empty(page.Publications);
        Assert.Equal(position, page.Top);
        Assert.Equal(2UL, (await PublishAsync("2")).Offset);
    }

    [Fact]
    public async Task Recover_ReturnsWhatFollowsOrTheLatest()
    {
        for (var i = 1; i <= 4; i++)
        {
            await PublishAsync($"{i}");
        }

        var routing = cluster.Client.GetGrain<IChannelRouting>(_channel);
        var after = await routing.RecoverAsync(new RecoveryQuery { AfterOffset = 2, Limit = 300 });
        var limited = await routing.RecoverAsync(new RecoveryQuery { AfterOffset = 0, Limit = 2 });
        var latest = await routing.RecoverAsync(new RecoveryQuery { AfterOffset = 0, Limit = 1, LatestOnly = true });

        Assert.Equal([3UL, 4UL], after.Publications.Select(publication => publication.Offset));
        Assert.Equal([1UL, 2UL], limited.Publications.Select(publication => publication.Offset));
        Assert.Equal([4UL], latest.Publications.Select(publication => publication.Offset));
        Assert.Equal(4UL, after.Top.Offset);
    }

    [Fact]
    public async Task Publish_SameKey_PublishesOnce()
    {
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(_channel);
        var request = new PublishRequest { Data = "once"u8.ToArray(), IdempotencyKey = "k" };

        var first = await Channel.PublishAsync(request);
        var second = await Channel.PublishAsync(request);
        await PublishAsync("last");

        Assert.Equal(first, second);
        await Wait.UntilAsync("the last publication", () => gateway.Published(_channel).Contains("last"));
        Assert.Equal(["once", "last"], gateway.Published(_channel));
    }

    [Fact]
    public async Task WithoutHistory_NothingHasAPosition()
    {
        var channel = $"live:{_channel}";
        var gateway = cluster.AddGateway();
        var grain = cluster.Client.GetGrain<IChannelGrain>(channel);

        Assert.True((await gateway.SubscribeAsync(channel)).Top.IsNone);
        Assert.True((await grain.PublishAsync(new PublishRequest { Data = "1"u8.ToArray() })).IsNone);

        await Wait.UntilAsync("a publication", () => gateway.Published(channel).Count == 1);
        Assert.Equal("", gateway.Delivered[0].Epoch);
        await AssertRefusedAsync(ErrorCode.NotAvailable, () => grain.GetHistoryAsync(new HistoryQuery()));
        await AssertRefusedAsync(ErrorCode.NotAvailable, grain.RemoveHistoryAsync);
        await AssertRefusedAsync(ErrorCode.NotAvailable, grain.GetPresenceAsync);
        await AssertRefusedAsync(ErrorCode.NotAvailable, grain.GetPresenceStatsAsync);
        await AssertRefusedAsync(ErrorCode.BadRequest, () => grain.PublishAsync(new PublishRequest { Data = "no json"u8.ToArray() }));
        Assert.Empty((await cluster.Client.GetGrain<IChannelRouting>(channel).RecoverAsync(new RecoveryQuery { AfterOffset = 0, Limit = 9 })).Publications);
    }

    [Fact]
    public async Task WrongNamesAndRequests_AreRefused()
    {
        await AssertRefusedAsync(ErrorCode.UnknownChannel, () => Grain($"nowhere:{_channel}").PublishAsync(new PublishRequest { Data = [1] }));
        await AssertRefusedAsync(ErrorCode.UnknownChannel, () => cluster.AddGateway().SubscribeAsync($"nowhere:{_channel}"));
        await AssertRefusedAsync(ErrorCode.BadRequest, () => Grain(new string('x', 256)).PublishAsync(new PublishRequest { Data = [1] }));
        await AssertRefusedAsync(ErrorCode.BadRequest, () => Channel.PublishAsync(new PublishRequest { Data = [] }));
        await AssertRefusedAsync(ErrorCode.BadRequest, () => Channel.PublishAsync(new PublishRequest { Data = [1], IdempotencyKey = new string('k', 257) }));
    }

    private IChannelGrain Grain(string channel) => cluster.Client.GetGrain<IChannelGrain>(channel);

    private Task<StreamPosition> PublishAsync(string text) => Channel.PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(text) });

    private async Task<IEnumerable<string>> HistoryAsync(HistoryQuery query) =>
        (await Channel.GetHistoryAsync(query)).Publications.Select(publication => Encoding.UTF8.GetString(publication.Data));

    private static PresenceMember Member(string client, string user = "u") =>
        new() { Info = new ClientInfo { Client = client, User = user }, Presence = true, JoinLeave = true };

    private static async Task AssertRefusedAsync(ErrorCode code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<WsClusterException>(call)).Code);
}
