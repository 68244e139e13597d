using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WsCluster.Grains.Hosting.Health;

namespace WsCluster.Tests.Unit.Hosting;

/// <summary>What health answers look like to machines and people.</summary>
public sealed class HealthAnswerTests
{
    [Fact]
    public async Task Ready_EverythingFine_Is200()
    {
        var (status, body) = await AnswerAsync(HealthAnswer.Ready(new HealthCheck("cluster", null), new HealthCheck("redis", null)));

        Assert.Equal(200, status);
        Assert.Equal("{\"status\":\"ready\",\"checks\":{\"cluster\":\"ok\",\"redis\":\"ok\"}}", body);
    }

    [Fact]
    public async Task Ready_OneProblem_Is503AndNamesIt()
    {
        var (status, body) = await AnswerAsync(HealthAnswer.Ready(new HealthCheck("cluster", null), new HealthCheck("redis", "Redis does not answer")));

        Assert.Equal(503, status);
        Assert.Equal("{\"status\":\"not ready\",\"checks\":{\"cluster\":\"ok\",\"redis\":\"Redis does not answer\"}}", body);
    }

    private static async Task<(int Status, string Body)> AnswerAsync(IResult result)
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        await result.ExecuteAsync(context);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
