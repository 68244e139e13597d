using System.Text;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

/// <summary>Two silos as in a cluster of processes, though without the Redis that they are told of: channels are in memory.</summary>
public sealed class EntranceCluster : IAsyncLifetime
{
    internal SiloCluster Silos { get; } = new();

    public ValueTask InitializeAsync()
    {
        Silos.MoreSettings["WsCluster:Redis"] = "127.0.0.1:1,abortConnect=false";
        Silos.MoreSettings["WsCluster:Channels:WithoutNamespace:Durability"] = "Memory";
        Silos.MoreSettings["WsCluster:Delivery:GatewayLease"] = "00:01:00"; // the tests leave batches unacknowledged for a while
        return Silos.InitializeAsync();
    }

    public ValueTask DisposeAsync() => Silos.DisposeAsync();
}

public sealed class SiloEntranceTests(EntranceCluster fixture) : IClassFixture<EntranceCluster>
{
    private const int Channels = 16; // enough for both silos to have some

    private readonly SiloCluster _cluster = fixture.Silos;
    private readonly string _prefix = $"entrance-{Guid.NewGuid():N}";

    [Fact]
    public async Task Batches_NameTheEntranceOfTheirSilo_WhichFindsAnyChannel()
    {
        var gateway = await SubscribeAsync();
        Assert.Equal(2, gateway.Entrances.Count);

        foreach (var (siloId, id) in gateway.Entrances)
        {
            var entrance = Entrance(id);
            var receipts = await entrance.PublishAsync(gateway.Id, [.. Names().Select(name => new ChannelPublishes(name, [Request(siloId)]))]);
            Assert.All(receipts, receipt => Assert.True(receipt.Outcomes.Single().IsPublished));
            Assert.Contains(receipts, receipt => receipt.SiloId is null); // of the silo whose entrance it is
            Assert.Contains(receipts, receipt => receipt.SiloId is not null);
            var page = await entrance.RecoverAsync(Names()[0], new RecoveryQuery { AfterOffset = 0, Limit = 10 });
            Assert.Equal(siloId, Encoding.UTF8.GetString(page.Publications[^1].Data));
        }
    }

    [Fact]
    public async Task Acknowledge_OfABatchWhoseAnswerIsLost_LetsTheNextOneCome()
    {
        var gateway = await SubscribeAsync();
        gateway.LosesAnswers = true;
        await PublishAsync("1");
        await PublishAsync("2");
        await Wait.UntilAsync("batches that come again", () => gateway.Repeats > 1);
        Assert.DoesNotContain(Names(), name => gateway.Published(name).Count > 1);

        // Nothing but these calls acknowledges what came.
        await Wait.UntilAsync("all publications", async () =>
        {
            foreach (var (siloId, outboxId, sequence) in gateway.Newest)
            {
                await Entrance(gateway.Entrances[siloId]).AcknowledgeAsync(outboxId, sequence);
            }

            return Names().All(name => gateway.Published(name).SequenceEqual(["1", "2"]));
        });
    }

    private async Task<TestGateway> SubscribeAsync()
    {
        var gateway = _cluster.AddGateway();
        var silos = _cluster.Cluster.Silos;
        foreach (var (i, name) in Names().Index())
        {
            // A client that knows one silo only, as in its first minute, would have all of them there.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silos[i % silos.Count].SiloAddress);
            await gateway.SubscribeAsync(name);
        }

        RequestContext.Clear();

        await Wait.UntilAsync("a batch of each silo", () => gateway.Entrances.Count == 2);
        return gateway;
    }

    private string[] Names() => [.. Enumerable.Range(0, Channels).Select(i => $"{_prefix}-{i}")];

    private Task PublishAsync(string text) =>
        Task.WhenAll(Names().Select(name => _cluster.Client.GetGrain<IChannelGrain>(name).PublishAsync(Request(text))));

    private static PublishRequest Request(string text) => new() { Data = Encoding.UTF8.GetBytes(text) };

    private ISiloEntrance Entrance(string id) => _cluster.Client.GetGrain<ISiloEntrance>(GrainId.Parse(id));
}
