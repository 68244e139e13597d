using WsCluster.Tests.Unit.Client;

namespace WsCluster.Tests.Unit.ServerApi;

/// <summary>Methods that read, and what their results look like.</summary>
public class ApiReadTests
{
    [Fact]
    public async Task Presence_Clients_AreListedWithTheirInfo()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.Presence["c1"] = new ClientInfo { User = "42", Client = "c1", ConnInfo = [.. """{"n": "ü"}"""u8], ChanInfo = [0xff] };
        api.Grains.Presence["c2"] = new ClientInfo { User = "", Client = "c2" };

        Assert.Equal(
            """{"result":{"presence":{"c1":{"user":"42","client":"c1","conn_info":{"n": "ü"},"b64chan_info":"/w=="},"c2":{"user":"","client":"c2"}}}}""",
            await api.CallAsync("presence", """{"channel":"chat:a"}"""));
        Assert.Equal("""{"result":{"num_clients":2,"num_users":2}}""", await api.CallAsync("presence_stats", """{"channel":"chat:a"}"""));
    }

    [Fact]
    public async Task Presence_Nobody_IsEmptyNotAbsent()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{"presence":{}}}""", await api.CallAsync("presence", """{"channel":"chat:a"}"""));
        Assert.Equal("""{"result":{"num_clients":0,"num_users":0}}""", await api.CallAsync("presence_stats", """{"channel":"chat:a"}"""));
    }

    [Theory]
    [InlineData("presence")]
    [InlineData("presence_stats")]
    [InlineData("history")]
    [InlineData("history_remove")]
    public async Task ChannelMethod_ChecksNameThenNamespaceThenOption(string method)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync(method, "{}"));
        Assert.Equal("""{"error":{"code":102,"message":"unknown channel"}}""", await api.CallAsync(method, """{"channel":"no:a"}"""));
        Assert.Equal("""{"error":{"code":108,"message":"not available"}}""", await api.CallAsync(method, """{"channel":"plain"}"""));
        Assert.Empty(api.Grains.Calls);
    }

    [Fact]
    public async Task History_Publications_KeepTheirJson()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.OnHistory = (_, _) => Task.FromResult(new HistoryPage
        {
            Top = new StreamPosition(3, "ep"),
            Publications =
            [
                new Publication { Offset = 1, Data = [.. """{"a": 1.0}"""u8] },
                new Publication { Offset = 2, Data = [.. "null"u8], Info = new ClientInfo { User = "42", Client = "c1" }, Tags = new() { ["t"] = "1" } },
                new Publication { Offset = 3, Data = [1, 2] },
            ],
        });

        Assert.Equal(
            """{"result":{"publications":[{"data":{"a": 1.0},"offset":1},{"data":null,"info":{"user":"42","client":"c1"},"offset":2,"tags":{"t":"1"}},{"b64data":"AQI=","offset":3}],"epoch":"ep","offset":3}}""",
            await api.CallAsync("history", """{"channel":"chat:a","limit":-1}"""));
    }

    [Theory]
    [InlineData("""{"channel":"chat:a"}""", 0, null, false)]
    [InlineData("""{"channel":"chat:a","limit":0}""", 0, null, false)]
    [InlineData("""{"channel":"chat:a","limit":-1}""", -1, null, false)]
    [InlineData("""{"channel":"chat:a","limit":1000,"since":{"offset":5,"epoch":"e"},"reverse":true}""", 1000, 5ul, true)]
    public async Task History_Query_ReachesTheChannel(string body, int limit, ulong? since, bool reverse)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{"publications":[],"epoch":"e1","offset":0}}""", await api.CallAsync("history", body));

        var query = Assert.Single(api.Grains.CallsOf<HistoryQuery>());
        Assert.Equal((limit, since, reverse), (query.Limit, query.Since?.Offset, query.Reverse));
    }

    [Fact]
    public async Task HistoryRemove_Channel_IsEmptied()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{}}""", await api.CallAsync("history_remove", """{"channel":"chat:a"}"""));

        Assert.Equal([("chat:a", "remove history")], api.Grains.Calls);
    }

    [Fact]
    public async Task Channels_SeveralGateways_AreAddedUp()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.Gateways.AddRange([new FakeGateway("g1"), new FakeGateway("g2")]);
        api.Grains.Gateways[0].Channels["chat:a"] = 2;
        api.Grains.Gateways[1].Channels["chat:a"] = 1;

        Assert.Equal("""{"result":{"channels":{"chat:a":{"num_clients":3}}}}""", await api.CallAsync("channels", """{"pattern":"chat:*"}"""));
        Assert.Equal("chat:*", api.Grains.Gateways[0].Pattern);
    }

    [Fact]
    public async Task Info_Gateways_AreNodes()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.Gateways.Add(new FakeGateway("g1"));

        Assert.Equal(
            """{"result":{"nodes":[{"uid":"g1","name":"host-g1:8000","version":"0.1.0","num_clients":3,"num_users":2,"num_subs":5,"num_channels":0,"uptime":90,"process":{"cpu":12.34,"rss":1000}}]}}""",
            await api.CallAsync("info", "{}"));
    }

    [Fact]
    public async Task Rpc_AnyMethod_IsNotFound()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"error":{"code":104,"message":"not found"}}""", await api.CallAsync("rpc", """{"method":"x","params":{}}"""));
        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync("rpc", "{}"));
    }
}
