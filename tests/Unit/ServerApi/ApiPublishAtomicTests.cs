using System.Text;

namespace WsCluster.Tests.Unit.ServerApi;

public class ApiPublishAtomicTests
{
    [Fact]
    public async Task PublishAtomic_AllMembers_ReachThePublisher()
    {
        await using var api = await ApiHost.StartAsync();
        api.Grains.OnPublishAtomic = _ => Task.FromResult(new AtomicPublishResult { Positions = [new StreamPosition(3, "a"), StreamPosition.None] });

        var answer = await api.CallAsync("publish_atomic", """
            {"publications":[{"channel":"chat:a","data":{"x":1},"tags":{"k":"v"}},{"channel":"binary:b","b64data":"AP8K","delta":true}],"idempotency_key":"id"}
            """);

        Assert.Equal("""{"result":{"positions":[{"offset":3,"epoch":"a"},{}]}}""", answer);
        var request = Assert.Single(api.Grains.CallsOf<AtomicPublishRequest>());
        Assert.Equal("id", request.IdempotencyKey);
        Assert.Equal(["chat:a", "binary:b"], request.Publications.Select(publication => publication.Channel));
        Assert.Equal("""{"x":1}""", Encoding.UTF8.GetString(request.Publications[0].Request.Data));
        Assert.Equal([new("k", "v")], request.Publications[0].Request.Tags!);
        Assert.Equal([0, 255, 10], request.Publications[1].Request.Data);
        Assert.True(request.Publications[1].Request.Delta);
    }

    [Theory]
    [InlineData("""{}""", 107)]
    [InlineData("""{"publications":[]}""", 107)]
    [InlineData("""{"publications":[null]}""", 107)]
    [InlineData("""{"publications":[{"channel":"chat:a","data":1},{"data":1}]}""", 107)]
    [InlineData("""{"publications":[{"channel":"chat:a","data":1},{"channel":"no:a","data":1}]}""", 102)]
    [InlineData("""{"publications":[{"channel":"chat:a"}]}""", 107)]
    [InlineData("""{"publications":[{"channel":"chat:a","b64data":"%"}]}""", 107)]
    [InlineData("""{"publications":[{"channel":"object:a","data":[]}]}""", 107)]
    [InlineData("""{"publications":[{"channel":"chat:a","data":1,"tags":{"a":null}}]}""", 107)]
    public async Task PublishAtomic_OneIsInvalid_RefusesAll(string body, int code)
    {
        await using var api = await ApiHost.StartAsync();

        Assert.StartsWith($$"""{"error":{"code":{{code}},""", await api.CallAsync("publish_atomic", body), StringComparison.Ordinal);
        Assert.Empty(api.Grains.Calls);
    }
}
