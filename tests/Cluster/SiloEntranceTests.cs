using System.Net;
using System.Text;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using WsCluster.Gateway.Routing;
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
    public async Task Entrances_ReadAnyChannel()
    {
        var gateway = await SubscribeAsync(new PresenceMember { Info = new ClientInfo { Client = "c", User = "u" }, Presence = true, JoinLeave = false });
        await PublishAsync("1");

        foreach (var entrance in gateway.Entrances.Values.Select(Entrance))
        {
            foreach (var name in Names())
            {
                var page = await entrance.GetHistoryAsync(name, new HistoryQuery { Limit = -1 });
                Assert.Equal("1", Encoding.UTF8.GetString(page.Publications.Single().Data));
                Assert.Equal("u", Assert.Single(await entrance.GetPresenceAsync(name)).Value.User);
                Assert.Equal(1, (await entrance.GetPresenceStatsAsync(name)).Clients);
            }
        }
    }

    [Fact]
    public async Task Entrances_ReachAnyUser()
    {
        var gateway = await SubscribeAsync();
        Assert.All(gateway.Levels, level => Assert.Equal(ISiloEntrance.ReadsAndUsers, level));
        var entrances = gateway.Entrances.Values.Select(Entrance).ToArray();

        // Both entrances are asked about the same users, who live on either silo.
        foreach (var user in Names())
        {
            Assert.True((await entrances[0].ConnectUserAsync(user, gateway.Session($"{user}/a"), gateway.Lane)).Admitted);
            Assert.True((await entrances[1].ConnectUserAsync(user, gateway.Session($"{user}/b"), gateway.Lane)).Admitted);
            Assert.Equal(2, (await entrances[0].GetStatusAsync(user)).Connections);

            await entrances[1].DisconnectUserAsync(user, $"{user}/a", gateway.Id);
            Assert.Equal($"{user}/b", Assert.Single(await entrances[0].GetSessionsAsync(user)).Client);

            // A registration that was given up and comes after the end of its connection.
            Assert.False((await entrances[0].ConnectUserAsync(user, gateway.Session($"{user}/a"), gateway.Lane)).Admitted);
            await entrances[1].RestoreUserAsync(user, [gateway.Session($"{user}/a"), gateway.Session($"{user}/b"), gateway.Session($"{user}/c")], gateway.Lane);
            Assert.Equal([$"{user}/b", $"{user}/c"], (await entrances[0].GetSessionsAsync(user)).Select(session => session.Client).Order());

            await entrances[0].ExecuteUserAsync(user, new DisconnectUser());
        }

        await Wait.UntilAsync("the commands", () => Names().All(user => gateway.Delivered.Any(entry => entry.Kind == DeliveryKind.UserCommand && entry.Key == user)));
    }

    [Fact]
    public async Task Connections_LeadToEntrancesOfSilosInTheList_AndToNoOther()
    {
        var gateway = await SubscribeAsync();
        var connections = new SiloConnections(_cluster.Client.ServiceProvider);

        Assert.All(gateway.Entrances.Values, id => Assert.True(connections.LeadsTo(GrainId.Parse(id))));
        var elsewhere = SystemTargetGrainId.Create(GrainId.Parse(gateway.Entrances.Values.First()).Type, SiloAddress.New(IPAddress.Loopback, 1, 0));
        Assert.False(connections.LeadsTo(elsewhere.GrainId));
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

    private async Task<TestGateway> SubscribeAsync(params PresenceMember[] members)
    {
        var gateway = _cluster.AddGateway();
        var silos = _cluster.Cluster.Silos;
        foreach (var (i, name) in Names().Index())
        {
            // A client that knows one silo only, as in its first minute, would have all of them there.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silos[i % silos.Count].SiloAddress);
            await gateway.SubscribeAsync(name, members);
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
