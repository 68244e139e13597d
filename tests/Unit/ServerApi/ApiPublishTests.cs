using System.Text;

namespace WsCluster.Tests.Unit.ServerApi;

public class ApiPublishTests
{
    [Fact]
    public async Task Publish_ChannelWithHistory_ReturnsThePosition()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.Equal("""{"result":{"offset":7,"epoch":"e1"}}""", await api.CallAsync("publish", """{"channel":"chat:a","data":{"x":1}}"""));
    }

    [Fact]
    public async Task Publish_ChannelWithoutHistory_ReturnsAnEmptyResult()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.OnPublish = (_, _) => Task.FromResult(StreamPosition.None);

        Assert.Equal("""{"result":{}}""", await api.CallAsync("publish", """{"channel":"plain","data":1}"""));
    }

    [Fact]
    public async Task Publish_AllMembers_ReachTheChannel()
    {
        await using var api = await ApiHost.StartAsync();

        await api.CallAsync("publish", """
            {"channel":"chat:a","data":1,"skip_history":true,"tags":{"k":"v"},"idempotency_key":"id","delta":true,
             "version":18446744073709551615,"version_epoch":"ve","unknown":[1]}
            """);

        var (channel, call) = Assert.Single(api.Grains.Calls);
        var request = Assert.IsType<PublishRequest>(call);
        Assert.Equal("chat:a", channel);
        Assert.Equal((true, "id", true, ulong.MaxValue, "ve"), (request.SkipHistory, request.IdempotencyKey, request.Delta, request.Version, request.VersionEpoch));
        Assert.Equal([new("k", "v")], request.Tags!);
        Assert.Null(request.Info);
    }

    [Theory]
    [InlineData("""{ "b" : 1.0e10,"a":12345678901234567890, "u":"\u00fc ü \n" }""", null)]
    [InlineData("null", null)]
    [InlineData("\"text\"", null)]
    [InlineData("0", null)]
    [InlineData("{\n\t\"a\":\r\n[1,\n2]\n}", "{\t\"a\":[1,2]}")]
    public async Task Publish_InlineData_KeepsItsBytesButLineEnds(string data, string? expected)
    {
        await using var api = await ApiHost.StartAsync();

        await api.CallAsync("publish", $$"""{"channel":"chat:a","data":{{data}}}""");

        Assert.Equal(expected ?? data, Encoding.UTF8.GetString(Assert.Single(api.Grains.CallsOf<PublishRequest>()).Data));
    }

    [Fact]
    public async Task Publish_Base64Data_WinsAndMayBeBinary()
    {
        await using var api = await ApiHost.StartAsync();

        await api.CallAsync("publish", """{"channel":"chat:a","data":1,"b64data":"AP8K"}""");

        Assert.Equal([0, 255, 10], Assert.Single(api.Grains.CallsOf<PublishRequest>()).Data);
    }

    [Theory]
    [InlineData("""{"data":1}""", 107)]
    [InlineData("""{"channel":"","data":1}""", 107)]
    [InlineData("""{"channel":null,"data":1}""", 107)]
    [InlineData("""{"channel":"no:a"}""", 102)]
    [InlineData("""{"channel":"$no:a","data":1}""", 102)]
    [InlineData("""{"channel":"chat:a"}""", 107)]
    [InlineData("""{"channel":"chat:a","b64data":"%"}""", 107)]
    [InlineData("""{"channel":"chat:a","data":1,"tags":{"a":null}}""", 107)]
    [InlineData("""{"channel":"json:a","b64data":"AP8="}""", 107)]
    [InlineData("""{"channel":"json:a","b64data":"MSAy"}""", 107)]
    [InlineData("""{"channel":"object:a","data":[{}]}""", 107)]
    public async Task Publish_Invalid_IsRefusedBeforeTheChannel(string body, int code)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.StartsWith($$"""{"error":{"code":{{code}},""", await api.CallAsync("publish", body), StringComparison.Ordinal);
        Assert.Empty(api.Grains.Calls);
    }

    [Theory]
    [InlineData("""{"channel":"json:a","data":[1]}""")]
    [InlineData("""{"channel":"object:a","data": {"a":{}}}""")]
    [InlineData("""{"channel":"binary:a"}""")]
    [InlineData("""{"channel":"канал","data":1}""")]
    public async Task Publish_FitsTheFormat_IsTaken(string body)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.StartsWith("""{"result":""", await api.CallAsync("publish", body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broadcast_SomeChannelsRefuse_RepliesInChannelOrder()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.OnPublish = (channel, _) => channel switch
        {
            "chat:bad" => throw new WsClusterException(ErrorCode.BadRequest),
            "chat:bug" => throw new InvalidOperationException("bug"),
            "plain" => Task.FromResult(StreamPosition.None),
            _ => Task.FromResult(new StreamPosition((ulong)channel[^1], "e")),
        };

        var answer = await api.CallAsync("broadcast", """{"channels":["chat:a","no:x","","plain","chat:bad","chat:bug","object:o","chat:b"],"data":1,"idempotency_key":"k"}""");

        Assert.Equal(
            """{"result":{"responses":[{"result":{"offset":97,"epoch":"e"}},{"error":{"code":102,"message":"unknown channel"}},{"error":{"code":107,"message":"bad request"}},{"result":{}},{"error":{"code":107,"message":"bad request"}},{"error":{"code":100,"message":"internal server error"}},{"error":{"code":107,"message":"bad request"}},{"result":{"offset":98,"epoch":"e"}}]}}""",
            answer);
        Assert.All(api.Grains.CallsOf<PublishRequest>(), request => Assert.Equal("k", request.IdempotencyKey));
    }

    [Theory]
    [InlineData("""{"data":1}""")]
    [InlineData("""{"channels":[],"data":1}""")]
    [InlineData("""{"channels":["chat:a","chat:b","chat:c"],"data":1}""")]
    [InlineData("""{"channels":["chat:a"],"b64data":"%"}""")]
    public async Task Broadcast_Invalid_IsBadRequest(string body)
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:MaxBroadcastChannels", "2"));

        Assert.Equal("""{"error":{"code":107,"message":"bad request"}}""", await api.CallAsync("broadcast", body));
        Assert.Empty(api.Grains.Calls);
    }
}
