using WsCluster.Tests.Unit.Client;

namespace WsCluster.Tests.Unit.ServerApi;

/// <summary>Lists of what is live, over several gateways and in pages.</summary>
public sealed class ApiListTests
{
    [Fact]
    public async Task Channels_WithALimit_ComeInPagesAndOnce()
    {
        await using var api = await ApiHost.StartAsync();
        var (first, second) = AddGateways(api);
        foreach (var (gateway, names) in new[] { (first, "a b d"), (second, "b c e") })
        {
            foreach (var name in names.Split(' '))
            {
                gateway.Channels[name] = 1;
            }
        }

        Assert.Equal("""{"result":{"channels":{"a":{"num_clients":1},"b":{"num_clients":2}},"next":"b"}}""", await api.CallAsync("channels", """{"limit":2}"""));
        Assert.Equal("""{"result":{"channels":{"c":{"num_clients":1},"d":{"num_clients":1}},"next":"d"}}""", await api.CallAsync("channels", """{"limit":2,"after":"b"}"""));
        Assert.Equal("""{"result":{"channels":{"e":{"num_clients":1}}}}""", await api.CallAsync("channels", """{"limit":2,"after":"d"}"""));
        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync("channels", """{"limit":0}"""));
        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync("channels", """{"limit":1001}"""));
    }

    [Fact]
    public async Task Users_OnSeveralGateways_AreCountedTogether()
    {
        await using var api = await ApiHost.StartAsync();
        var (first, second) = AddGateways(api);
        (first.Users["7"], second.Users["7"], second.Users["8"]) = (1, 2, 1);

        Assert.Equal("""{"result":{"users":[{"user":"7","num_clients":3},{"user":"8","num_clients":1}]}}""", await api.CallAsync("users", "{}"));
    }

    [Fact]
    public async Task Connections_HaveTheirGatewayAndChannels()
    {
        await using var api = await ApiHost.StartAsync();
        var (first, _) = AddGateways(api);
        first.Connections.Add(new ConnectionDescription
        {
            Client = "c1",
            User = "7",
            GatewayId = "g1",
            ConnectedAt = DateTimeOffset.FromUnixTimeSeconds(5),
            Name = "js",
            Version = "1",
            Transport = "websocket",
            Session = "s",
            Channels = ["a", "b"],
        });

        Assert.Equal(
            """{"result":{"connections":[{"client":"c1","user":"7","node":"g1","connected_at":5,"name":"js","version":"1","transport":"websocket","session":"s","channels":["a","b"]}]}}""",
            await api.CallAsync("connections", """{"user":"7"}"""));
        Assert.Equal("""{"result":{"connections":[]}}""", await api.CallAsync("connections", """{"after":"c1"}"""));
    }

    [Fact]
    public async Task UserStatus_SaysWhenTheUserWasLastSeen()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{"online":false,"num_clients":0,"last_seen":1000}}""", await api.CallAsync("user_status", """{"user":"7"}"""));
        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync("user_status", "{}"));
    }

    private static (FakeGateway First, FakeGateway Second) AddGateways(ApiHost api)
    {
        var gateways = (new FakeGateway("g1"), new FakeGateway("g2"));
        api.Grains.Gateways.AddRange([gateways.Item1, gateways.Item2]);
        return gateways;
    }
}
