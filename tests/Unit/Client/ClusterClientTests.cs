using System.Text;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Client;

public class ClusterClientTests
{
    private readonly ClusterClient _client = new();

    private IWsCluster Cluster => _client.Cluster;

    [Fact]
    public async Task Publish_Bytes_AreCopied()
    {
        byte[] buffer = [1, 2, 3];

        await Cluster.Channel("a").PublishAsync(buffer);
        buffer[0] = 9;

        Assert.Equal([1, 2, 3], _client.Grains.CallsOf<PublishRequest>().Single().Data);
    }

    [Fact]
    public async Task Publish_Options_ReachTheChannel()
    {
        var tags = new Dictionary<string, string> { ["t"] = "1" };

        await Cluster.Channel("a").PublishAsync("{}", new PublishOptions
        {
            Tags = tags,
            IdempotencyKey = "k",
            SkipHistory = true,
            Delta = true,
            Version = 3,
            VersionEpoch = "v",
        });

        var (key, call) = Assert.Single(_client.Grains.Calls);
        var request = Assert.IsType<PublishRequest>(call);
        Assert.Equal("a", key);
        Assert.Equal("{}", Encoding.UTF8.GetString(request.Data));
        Assert.Equal((tags, "k", true, true, 3ul, "v"), (request.Tags, request.IdempotencyKey, request.SkipHistory, request.Delta, request.Version, request.VersionEpoch));
        Assert.Null(request.Info);
    }

    [Fact]
    public async Task PublishJson_Value_IsCamelCase()
    {
        await Cluster.Channel("a").PublishJsonAsync(new { Bid = 1.5, Text = "ü" });

        var json = Encoding.UTF8.GetString(_client.Grains.CallsOf<PublishRequest>().Single().Data);
        Assert.Equal("""{"bid":1.5,"text":"\u00FC"}""", json);
    }

    [Fact]
    public void Channel_EmptyName_Throws() => Assert.Throws<ArgumentException>(() => Cluster.Channel(""));

    [Fact]
    public async Task Broadcast_OneChannelRefuses_OthersHavePositions()
    {
        _client.Grains.OnPublish = (channel, _) => channel switch
        {
            "bad" => throw new WsClusterException(ErrorCode.UnknownChannel),
            "broken" => throw new InvalidOperationException("bug"),
            _ => Task.FromResult(new StreamPosition(4, "e")),
        };

        var results = await Cluster.BroadcastAsync(["a", "bad", "", "broken", "b"], "1");

        Assert.Equal(["a", "bad", "", "broken", "b"], results.Select(result => result.Channel));
        Assert.Equal([null, ErrorCode.UnknownChannel, ErrorCode.BadRequest, ErrorCode.Internal, null], results.Select(result => result.Error?.Code));
        Assert.Equal(new StreamPosition(4, "e"), results[4].Position);
        Assert.Equal(StreamPosition.None, results[1].Position);
    }

    [Fact]
    public async Task PublishAtomic_TimesOut_IsRepeatedWithTheSameKey()
    {
        var calls = 0;
        _client.Grains.OnPublishAtomic = _ => ++calls < 3 ? throw new TimeoutException() : Task.FromResult(new AtomicPublishResult { Positions = [new(1, "e")] });
        var publication = new ChannelPublication { Channel = "a", Request = new PublishRequest { Data = [1] } };

        var result = await _client.FinishAsync(Cluster.PublishAtomicAsync(new AtomicPublishRequest { Publications = [publication] }));

        Assert.Equal([new StreamPosition(1, "e")], result.Positions);
        var key = Assert.Single(_client.Grains.CallsOf<AtomicPublishRequest>().Select(request => request.IdempotencyKey).Distinct());
        Assert.False(string.IsNullOrEmpty(key));
    }

    [Fact]
    public async Task User_Commands_ReachTheUser()
    {
        var user = Cluster.User("42");

        await user.SendAsync("{\"a\":1}");
        await user.DisconnectAsync(4001, "bye", client: "c1");
        await user.DisconnectAsync();
        await user.SubscribeAsync("news", new SubscribeOptions { JoinLeave = true });
        await user.UnsubscribeAsync("news");

        Assert.All(_client.Grains.Calls, call => Assert.Equal("42", call.Key));
        Assert.Collection(_client.Grains.CallsOf<UserCommand>(),
            send => Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(Assert.IsType<SendToUser>(send).Data)),
            end => Assert.Equal(new DisconnectUser { Code = 4001, Reason = "bye", Client = "c1" }, end),
            end => Assert.Equal(new DisconnectUser { Code = 3503, Reason = "force disconnect" }, end),
            subscribe => Assert.Equal(new SubscribeUser { Channel = "news", Options = new SubscribeOptions { JoinLeave = true } }, subscribe),
            unsubscribe => Assert.Equal(new UnsubscribeUser { Channel = "news" }, unsubscribe));
        Assert.Equal("c1", Assert.Single(await user.GetSessionsAsync()).Client);
    }

    [Fact]
    public async Task Disconnect_CodeNoWebSocketCanCarry_Throws()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Cluster.User("1").DisconnectAsync(200, ""));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Cluster.User("1").DisconnectAsync(4000, new string('x', 124)));
    }

    [Fact]
    public async Task Send_TimesOut_IsNotRepeated()
    {
        _client.Grains.OnCommand = _ => throw new TimeoutException();

        var thrown = await Assert.ThrowsAsync<WsClusterException>(() => Cluster.User("42").SendAsync("1"));

        Assert.Equal(ErrorCode.Internal, thrown.Code);
        Assert.Single(_client.Grains.Calls);
    }

    [Fact]
    public async Task Disconnect_TimesOut_IsRepeated()
    {
        var calls = 0;
        _client.Grains.OnCommand = _ => ++calls < 3 ? throw new TimeoutException() : Task.CompletedTask;

        await _client.FinishAsync(Cluster.User("42").DisconnectAsync());

        Assert.Equal(3, _client.Grains.Calls.Count);
    }

    [Fact]
    public async Task AnonymousUser_Command_ReachesEveryGateway()
    {
        _client.Grains.Gateways.AddRange([new FakeGateway("g1") { Failure = new TimeoutException() }, new FakeGateway("g2")]);

        await Cluster.User("").DisconnectAsync();

        Assert.All(_client.Grains.Gateways, gateway => Assert.IsType<DisconnectUser>(Assert.Single(gateway.AnonymousCommands)));
        var thrown = await Assert.ThrowsAsync<WsClusterException>(() => Cluster.User("").GetSessionsAsync());
        Assert.Equal(ErrorCode.NotAvailable, thrown.Code);
    }

    [Fact]
    public async Task GetChannels_SeveralGateways_AddsUpAndLeavesOutTheSilent()
    {
        _client.Grains.Gateways.AddRange([new FakeGateway("g1"), new FakeGateway("g2"), new FakeGateway("g3") { Failure = new TimeoutException() }]);
        _client.Grains.Gateways[0].Channels["a"] = 2;
        _client.Grains.Gateways[1].Channels["a"] = 3;
        _client.Grains.Gateways[1].Channels["b"] = 1;
        _client.Grains.Gateways[2].Channels["c"] = 1;

        var channels = await Cluster.GetChannelsAsync("*");

        Assert.Equal([("a", 5), ("b", 1)], channels.Select(channel => (channel.Key, channel.Value)).Order());
        Assert.Equal("*", _client.Grains.Gateways[0].Pattern);
    }

    [Fact]
    public async Task GetGateways_OneHangs_ReturnsTheOthersInOrder()
    {
        _client.Grains.Gateways.AddRange([new FakeGateway("g2"), new FakeGateway("g1"), new FakeGateway("g3") { Failure = new Orleans.Runtime.SiloUnavailableException() }]);

        var gateways = await Cluster.GetGatewaysAsync();

        Assert.Equal(["g1", "g2"], gateways.Select(gateway => gateway.GatewayId));
    }

    [Fact]
    public async Task GetHistory_TransientFailure_IsRepeated()
    {
        var calls = 0;
        _client.Grains.OnHistory = (_, _) => ++calls == 1
            ? throw new TimeoutException()
            : Task.FromResult(new HistoryPage { Publications = [], Top = new StreamPosition(5, "e") });

        var page = await _client.FinishAsync(Cluster.Channel("a").GetHistoryAsync(new HistoryQuery { Limit = 1 }));

        Assert.Equal(5ul, page.Top.Offset);
    }
}
