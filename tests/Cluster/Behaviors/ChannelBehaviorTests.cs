using System.Globalization;
using System.Text;
using System.Text.Json;
using WsCluster.Grains.Hosting;
using WsCluster.Routing;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster.Behaviors;

/// <summary>Application code in channels, on two silos and a real Redis: its state and its stream agree, whatever happens to a silo.</summary>
public sealed class ChannelBehaviorTests : IAsyncLifetime
{
    private static readonly Caller Reader = new() { Info = new ClientInfo { User = "reader", Client = "c" } };

    private readonly SiloCluster _cluster = new() { Redis = new RedisServer { AppendFsync = "always" } };

    public async ValueTask InitializeAsync()
    {
        _cluster.MoreSettings["WsCluster:Behaviors:SnapshotEvery"] = "50";
        foreach (var (name, durability) in new[] { ("kept", "Redis"), ("light", "Memory") })
        {
            _cluster.MoreSettings[$"WsCluster:Channels:Namespaces:{name}:Behavior"] = "true";
            _cluster.MoreSettings[$"WsCluster:Channels:Namespaces:{name}:HistorySize"] = "200";
            _cluster.MoreSettings[$"WsCluster:Channels:Namespaces:{name}:HistoryTtl"] = "00:05:00";
            _cluster.MoreSettings[$"WsCluster:Channels:Namespaces:{name}:Durability"] = durability;
        }

        _cluster.MoreServices = services => services.AddChannelBehavior<CounterRoom>("kept").AddChannelBehavior<CounterRoom>("light");
        await _cluster.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData("kept")]
    [InlineData("light")]
    public async Task Publish_RefusedByTheBehavior_CarriesItsCodeAndWords(string space)
    {
        var channel = $"{space}:{Guid.NewGuid():N}";
        await PublishAsync(channel, 3);

        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => PublishAsync(channel, -5));
        var outcome = (await Channel(channel).PublishManyAsync([Request(-5), Request(1)])).Outcomes;

        Assert.Equal((422, "not that many"), (refusal.Denial!.Code, refusal.Denial.Reason));
        Assert.Equal((422, true), (outcome[0].Denial!.Code, outcome[1].IsPublished));
        Assert.Equal((4, 2), await StateAsync(channel));
        Assert.Equal("\"sum reader 4\"", Encoding.UTF8.GetString((await Channel(channel).CallAsync(new ChannelCall { Method = "sum", Caller = Reader, Data = [] })).Data!));
    }

    [Fact]
    public async Task ManyPublishesAtOnce_AreDecidedOneByOne()
    {
        var channel = $"kept:{Guid.NewGuid():N}";
        await PublishAsync(channel, 10);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                return (await PublishAsync(channel, -1)).Offset > 0;
            }
            catch (WsClusterException e) when (e.Denial?.Code == 422)
            {
                return false;
            }
        }));

        Assert.Equal(10, outcomes.Count(published => published));
        Assert.Equal((0, 11), await StateAsync(channel));
    }

    [Fact]
    public async Task KilledSilo_StateAgreesWithTheStream()
    {
        var channel = $"kept:{Guid.NewGuid():N}";
        var silo = (await Channel(channel).PublishManyAsync([Request(1)])).SiloId!;
        var accepted = 1;
        for (var i = 0; i < 430; i++) // more than history keeps, and no multiple of what a snapshot takes
        {
            await PublishAsync(channel, 1, $"a{i}");
            accepted++;
        }

        var underWay = Enumerable.Range(0, 40).Select(i => Wait.ForAsync("a repeat to succeed", () => PublishAsync(channel, 1, $"b{i}"))).ToList();
        await _cluster.Cluster.KillSiloAsync(_cluster.SiloOf(silo), TestContext.Current.CancellationToken);
        await Task.WhenAll(underWay);
        accepted += underWay.Count;

        Assert.Equal((accepted, accepted), await Wait.ForAsync("the state on the other silo", () => StateAsync(channel)));
        Assert.Equal((ulong)accepted, (await Channel(channel).RecoverAsync(new RecoveryQuery { AfterOffset = 0, Limit = 1, LatestOnly = true })).Top.Offset);
    }

    [Fact]
    public async Task HistoryInMemory_HandedOver_TakesTheStateAlong()
    {
        var channel = $"light:{Guid.NewGuid():N}";
        var silo = (await Channel(channel).PublishManyAsync([Request(1)])).SiloId!;
        for (var i = 0; i < 300; i++)
        {
            await PublishAsync(channel, 1);
        }

        await _cluster.Cluster.StopSiloAsync(_cluster.SiloOf(silo), TestContext.Current.CancellationToken);

        Assert.Equal((301, 301), await Wait.ForAsync("the state on the other silo", () => StateAsync(channel)));
    }

    [Fact]
    public async Task HangingHandler_FailsItsCallerAndTheChannelGoesOnWithAnotherInstance()
    {
        var channel = $"kept:{Guid.NewGuid():N}";
        await PublishAsync(channel, 7);

        Assert.True((await Assert.ThrowsAsync<WsClusterException>(() => PublishAsync(channel, int.MinValue))).IsTemporary);

        Assert.Equal((7, 1), await Wait.ForAsync("the next instance", () => StateAsync(channel)));
        await PublishAsync(channel, -7);
    }

    private IChannelRouting Channel(string channel) => _cluster.Client.GetGrain<IChannelRouting>(channel);

    private Task<StreamPosition> PublishAsync(string channel, int amount, string? key = null) =>
        _cluster.Client.GetGrain<IChannelGrain>(channel).PublishAsync(Request(amount, key));

    private async Task<(long Sum, int Count)> StateAsync(string channel)
    {
        var admission = await Channel(channel).AdmitAsync(new SubscribeAttempt { Channel = channel, Caller = Reader, Data = [] });
        var state = JsonSerializer.Deserialize<CounterState>(admission.Decision.Options.Data!, JsonSerializerOptions.Web)!;
        Assert.Equal((ulong)state.Count, admission.Position.Offset);
        return (state.Sum, state.Count);
    }

    private static PublishRequest Request(int amount, string? key = null) =>
        new() { Data = Encoding.UTF8.GetBytes(amount.ToString(CultureInfo.InvariantCulture)), IdempotencyKey = key };
}
