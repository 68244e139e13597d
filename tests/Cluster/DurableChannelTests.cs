using System.Text;
using WsCluster.Routing;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster;

/// <summary>Durable channels on two silos and a real Redis, both of the test's own.</summary>
public sealed class DurableChannelTests : IAsyncLifetime
{
    private readonly SiloCluster _cluster = new() { Redis = new RedisServer { AppendFsync = "always" } }; // it is killed: see docs/decisions/0003

    private RedisServer Redis => _cluster.Redis!;

    public async ValueTask InitializeAsync()
    {
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:durable:HistorySize"] = "1000";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:durable:HistoryTtl"] = "00:05:00";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:durable:Durability"] = "Redis";
        await _cluster.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task KilledSilo_AcknowledgedPublishesAreRecoveredAndOffsetsGoOn()
    {
        var gateway = _cluster.AddGateway();
        var (channel, before) = await SubscribeOnSecondSiloAsync(gateway);
        var positions = new List<StreamPosition>();
        for (var i = 1; i <= 20; i++)
        {
            positions.Add(await PublishAsync(channel, $"{i}", $"k{i}"));
        }

        await _cluster.Cluster.KillSiloAsync(_cluster.SiloOf(before.SiloId), TestContext.Current.CancellationToken);
        var repeated = await Wait.ForAsync("the repeat of a publish", () => PublishAsync(channel, "again", "k10"));
        var after = await Wait.ForAsync("a subscription on the other silo", () => gateway.SubscribeAsync(channel));
        var next = await PublishAsync(channel, "21", null);
        var page = await _cluster.Client.GetGrain<IChannelRouting>(channel).RecoverAsync(new RecoveryQuery { AfterOffset = 5, Limit = 300 });

        Assert.Equal(positions[9], repeated);
        Assert.NotEqual(before.SiloId, after.SiloId);
        Assert.Equal(positions[^1], after.Top);
        Assert.Equal(positions[^1] with { Offset = 21 }, next);

        // What makes a subscriber at offset 5 recover: the next offset comes first, the top last, in its epoch (protocol §8.3).
        Assert.Equal(next, page.Top);
        Assert.Equal(Enumerable.Range(6, 16).Select(i => $"{i}"), page.Publications.Select(publication => Encoding.UTF8.GetString(publication.Data)));
        await Wait.UntilAsync("the delivery after the kill", () => gateway.Published(channel).Count == 21);
        Assert.Equal(Enumerable.Range(1, 21).Select(i => $"{i}"), gateway.Published(channel));
    }

    [Fact]
    public async Task ManyPublishesAtOnce_AreDeliveredInTheOrderOfTheirOffsets()
    {
        var gateway = _cluster.AddGateway();
        var channel = $"durable:{Guid.NewGuid():N}";
        await gateway.SubscribeAsync(channel);

        var positions = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => PublishAsync(channel, $"{i}", null)));

        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (ulong)i), positions.Select(position => position.Offset).Order());
        await Wait.UntilAsync("all deliveries", () => gateway.Published(channel).Count == 1000);
        Assert.Equal(
            Enumerable.Range(1, 1000).Select(i => (ulong)i),
            gateway.Delivered.Where(entry => entry.Key == channel).Select(entry => entry.Publication!.Offset));
        var textOf = positions.Select((position, i) => (position.Offset, Text: $"{i}")).OrderBy(pair => pair.Offset).Select(pair => pair.Text);
        Assert.Equal(textOf, gateway.Published(channel));
    }

    [Fact]
    public async Task StolenStream_ItsChannelActivatesAnewAndTakesItBack()
    {
        var gateway = _cluster.AddGateway();
        var channel = $"durable:{Guid.NewGuid():N}";
        await gateway.SubscribeAsync(channel);
        await PublishAsync(channel, "1", null);
        await using var other = new TestRedisStore(Redis);
        other.Cluster.ClusterId = "wscluster";
        await other.InitializeAsync();
        await StreamTest.OnOneSchedulerAsync(async () =>
            await other.Store.Open(channel, StreamTest.WithHistory(Configuration.ChannelDurability.Redis), new RecordingOwner()).AppendAsync(StreamTest.Request("2")));

        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => PublishAsync(channel, "3", "k"));
        var position = await Wait.ForAsync("a publish by the next activation", () => PublishAsync(channel, "3", "k"));

        Assert.True(refusal.IsTemporary);
        Assert.Equal(3UL, position.Offset);
        await Wait.UntilAsync("the channel's move", () => gateway.Delivered.Any(entry => entry.Kind == DeliveryKind.Moved && entry.Key == channel));
    }

    [Fact]
    public async Task RedisAway_OnlyDurablePublishesFail_AndResumeByThemselves()
    {
        var gateway = _cluster.AddGateway();
        var durable = $"durable:{Guid.NewGuid():N}";
        var memory = $"channel-{Guid.NewGuid():N}";
        var first = await PublishAsync(durable, "1", null);
        await gateway.SubscribeAsync(durable);
        await PublishAsync(memory, "1", null);

        Redis.Kill();
        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => PublishAsync(durable, "refused", null));
        Assert.True(refusal.IsTemporary);
        Assert.Equal(2UL, (await PublishAsync(memory, "2", null)).Offset);
        Assert.Equal(first, (await gateway.SubscribeAsync(durable)).Top);

        await Redis.StartAsync();
        var second = await Wait.ForAsync("a durable publish", () => PublishAsync(durable, "2", "k"));
        Assert.Equal(first with { Offset = 2 }, second);
        await Wait.UntilAsync("its delivery", () => gateway.Published(durable).Contains("2"));
    }

    private async Task<(string Channel, ChannelAttachment Attachment)> SubscribeOnSecondSiloAsync(TestGateway gateway)
    {
        var second = _cluster.Cluster.Silos[1].SiloAddress.ToParsableString();
        while (true)
        {
            var channel = $"durable:{Guid.NewGuid():N}";
            var attachment = await gateway.SubscribeAsync(channel);
            if (attachment.SiloId == second)
            {
                return (channel, attachment);
            }
        }
    }

    private Task<StreamPosition> PublishAsync(string channel, string text, string? key) =>
        _cluster.Client.GetGrain<IChannelGrain>(channel).PublishAsync(StreamTest.Request(text, key));
}
