using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Services;

/// <summary>A .NET service that references only Contracts and reaches the cluster with grain calls.</summary>
[Collection(SharedCluster.Collection)]
public sealed class ApplicationServiceTests(SharedCluster shared) : IAsyncLifetime
{
    private IHost? _service;

    private IWsCluster Cluster => _service!.Services.GetRequiredService<IWsCluster>();

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WsCluster:Redis"] = shared.Cluster.Redis.ConnectionString,
            ["WsCluster:ClusterId"] = shared.Cluster.ClusterId,
        });
        builder.Services.AddWsClusterClient(builder.Configuration);
        _service = builder.Build();
        await _service.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service!.StopAsync();
        _service.Dispose();
    }

    [Fact]
    public async Task Publish_ByGrainCalls_ReachesClientsOfBothGatewaysInOrder()
    {
        var channel = $"chat:service-{Guid.NewGuid():N}";
        await using var first = await SubscribedAsync(shared.Cluster.Gateways[0], channel);
        await using var second = await SubscribedAsync(shared.Cluster.Gateways[1], channel);

        var handle = Cluster.Channel(channel);
        for (var n = 1; n <= 100; n++)
        {
            var position = await handle.PublishAsync(new PublishRequest { Data = JsonSerializer.SerializeToUtf8Bytes(n) });
            Assert.Equal((ulong)n, position.Offset);
        }

        foreach (var client in new[] { first, second })
        {
            for (var n = 1; n <= 100; n++)
            {
                var publication = await client.PublicationAsync();
                Assert.Equal((n, n), ((int)publication["data"]!, (int)publication["offset"]!));
            }
        }

        Assert.Equal(2, (await handle.GetPresenceStatsAsync()).Clients);
    }

    [Fact]
    public async Task Broadcast_ToManyChannels_GivesEachItsPosition()
    {
        var channels = Enumerable.Range(0, 10).Select(i => $"chat:broadcast-{i}-{Guid.NewGuid():N}").ToArray();
        await using var client = await SubscribedAsync(shared.Cluster.Gateways[1], channels[7]);
        var results = await Cluster.BroadcastAsync(channels, new PublishRequest { Data = "\"all\""u8.ToArray() });
        Assert.All(results, r => Assert.Equal(1UL, r.Position.Offset));
        Assert.Equal("all", (string?)(await client.PublicationAsync())["data"]);
    }

    [Theory, InlineData("json"), InlineData("protobuf")]
    public async Task Send_ToAUser_ArrivesAtItsConnectionsOnBothGateways(string protocol)
    {
        await using var script = Script.Node("message", shared.Cluster.ScriptSettings(protocol));
        var user = (await script.ReadAsync("send")).GetProperty("user").GetString()!;
        foreach (var n in new[] { 1, 2 })
        {
            await Cluster.User(user).ExecuteAsync(new SendToUser { Data = JsonSerializer.SerializeToUtf8Bytes(new { n }) });
        }

        await script.PassAsync();
    }

    private static async Task<WireClient> SubscribedAsync(GatewayProcess gateway, string channel)
    {
        var client = await WireClient.ConnectAsync(gateway);
        await client.SendAsync($$$"""{"id":2,"subscribe":{"channel":"{{{channel}}}"}}""");
        Assert.NotNull((await client.ReplyAsync(2))["subscribe"]);
        return client;
    }
}
