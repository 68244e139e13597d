using System.Net;

namespace WsCluster.Tests.Unit.ServerApi;

/// <summary>What callers read when a channel's own code, or the cluster, said no.</summary>
public sealed class ApiDenialTests
{
    private const string Publish = """{"channel":"chat:a","data":1}""";

    private static readonly Denial SoldOut = new() { Code = 1234, Reason = "sold out: \"row 7\"" };

    [Fact]
    public async Task Publish_DeniedByTheApplication_TellsItsCodeAndWords()
    {
        await using var api = await DenyingAsync(new WsClusterException(SoldOut));

        Assert.Equal("""{"error":{"code":1234,"message":"sold out: \"row 7\""}}""", await api.CallAsync("publish", Publish));
    }

    [Fact]
    public async Task Publish_DeniedWithADisconnect_TellsItToo()
    {
        await using var api = await DenyingAsync(new WsClusterException(new Denial { Code = 4200, Reason = "go away" }));

        Assert.Equal("""{"error":{"code":4200,"message":"go away"}}""", await api.CallAsync("publish", Publish));
    }

    [Fact]
    public async Task BatchAndBroadcast_DeniedByTheApplication_TellItForEach()
    {
        await using var api = await DenyingAsync(new WsClusterException(SoldOut with { Reason = "sold out" }));
        const string Error = """{"error":{"code":1234,"message":"sold out"}}""";

        Assert.Equal("{\"replies\":[" + Error + "]}", await api.CallAsync("batch", "{\"commands\":[{\"publish\":" + Publish + "}]}"));
        Assert.Equal(
            "{\"result\":{\"responses\":[" + Error + "," + Error + "]}}",
            await api.CallAsync("broadcast", """{"channels":["chat:a","chat:b"],"data":1}"""));
    }

    [Fact]
    public async Task Publish_DeniedInTransportErrorMode_IsTheBareError()
    {
        await using var api = await DenyingAsync(new WsClusterException(SoldOut with { Reason = "sold out" }));

        var (status, body) = await api.SendAsync("/api/publish", Publish, ("X-Centrifugo-Error-Mode", "transport"));
        Assert.Equal((HttpStatusCode.InternalServerError, """{"code":1234,"message":"sold out"}"""), (status, body));
    }

    [Theory]
    [InlineData(ErrorCode.NotAvailable, "not available")]
    [InlineData(ErrorCode.TooManyRequests, "too many requests")]
    [InlineData(ErrorCode.Internal, "internal server error")]
    public async Task Publish_RefusedByTheCluster_TellsNothingOfWhy(ErrorCode code, string message)
    {
        await using var api = await DenyingAsync(new WsClusterException(code, "silo 10.0.0.7 said: secret"));

        Assert.Equal($$$"""{"error":{"code":{{{(int)code}}},"message":"{{{message}}}"}}""", await api.CallAsync("publish", Publish));
    }

    [Fact]
    public async Task Publish_FailedOtherwise_TellsNothingOfWhy()
    {
        await using var api = await DenyingAsync(new InvalidOperationException("secret"));

        Assert.Equal("""{"error":{"code":100,"message":"internal server error"}}""", await api.CallAsync("publish", Publish));
    }

    private static async Task<ApiHost> DenyingAsync(Exception denial)
    {
        var api = await ApiHost.StartAsync();
        api.Grains.OnPublish = (_, _) => Task.FromException<StreamPosition>(denial);
        return api;
    }
}
