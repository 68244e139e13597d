using System.Net;
using System.Text.Json;
using WsCluster.Gateway.ServerApi;

namespace WsCluster.Tests.Unit.ServerApi;

/// <summary>How fast a key may be used, in the whole cluster.</summary>
public sealed class ApiRateTests
{
    private const string Publish = """{"channel":"chat:1","data":1}""";

    [Fact]
    public async Task Call_PastTheRateOfItsKey_Is429AndSaysWhenToComeAgain()
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:MaxCommandsPerSecondPerKey", "3"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/publish", Publish)).Status);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/publish") { Content = new StringContent(Publish) };
        request.Headers.Add("X-API-Key", ApiHost.Key);
        using var refused = await api.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(3, api.Grains.CallsOf<PublishRequest>().Count());
    }

    [Fact]
    public async Task Call_WithAnotherKey_HasARateOfItsOwn()
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:MaxCommandsPerSecondPerKey", "1"));
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("/api/publish", Publish)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await api.SendAsync("/api/publish", Publish)).Status);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/publish") { Content = new StringContent(Publish) };
        request.Headers.Add("X-API-Key", "next-key");
        using var answer = await api.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Call_OnTwoGateways_SharesOneRate()
    {
        await using var one = await ApiHost.StartAsync(("WsCluster:Api:MaxCommandsPerSecondPerKey", "4"));
        await using var other = await ApiHost.StartAsync(one.Grains, ("WsCluster:Api:MaxCommandsPerSecondPerKey", "4"));
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
        {
            statuses.Add((await one.SendAsync("/api/publish", Publish)).Status);
            statuses.Add((await other.SendAsync("/api/publish", Publish)).Status);
        }

        Assert.Equal(4, statuses.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(4, statuses.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Batch_WithMoreCommandsThanASecondGives_Is413()
    {
        await using var api = await ApiHost.StartAsync(("WsCluster:Api:MaxCommandsPerSecondPerKey", "2"));
        var batch = $$"""{"commands":[{"publish":{{Publish}}},{"publish":{{Publish}}},{"publish":{{Publish}}}]}""";

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await api.SendAsync("/api/batch", batch)).Status);
        Assert.Empty(api.Grains.CallsOf<PublishRequest>());
    }

    [Theory]
    [InlineData("""{"channel":"a","data":{"channels":[1,2,3]}}""", 1)]
    [InlineData("""{"channels":["a","b","c"],"data":1}""", 3)]
    [InlineData("""{"channels":[],"data":1}""", 1)]
    [InlineData("""{"publications":[{"channel":"a","data":1},{"channel":"b","data":1}]}""", 2)]
    [InlineData("""{"commands":[{"publish":{"channel":"a"}},{"broadcast":{"channels":["a","b"]}},{"info":{}}]}""", 4)]
    [InlineData("""{"commands":[1,{}]}""", 1)]
    [InlineData("""{"commands":7}""", 1)]
    [InlineData("""{"method":"broadcast","params":{"channels":["a","b"]}}""", 2)]
    [InlineData("{}", 1)]
    public void Cost_CountsWhatIsInIt(string body, int expected)
    {
        using var document = JsonDocument.Parse(body);

        Assert.Equal(expected, ApiCost.Of(document.RootElement));
    }
}
