using System.Net;
using System.Text.Json.Nodes;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>What /health/ready says when something is not so: Redis out of reach, no silo, draining. Each names the check that fails.</summary>
public sealed class ReadinessTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task Ready_TellsWhatIsWrong_AndWhenItIsWellAgain()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, gateways: 1);
        var (silo, gateway) = (cluster.Silos[0], cluster.Gateways[0]);
        var checks = (await Answer(silo.Address))!["checks"]!.AsObject();
        Assert.Equal(["draining", "cluster", "redis"], checks.Select(check => check.Key));
        Assert.All(checks, check => Assert.Equal("ok", check.Value!.ToString()));

        // Redis hangs: a silo cannot do all that it should. A gateway can.
        cluster.Redis.Process.Pause();
        await UntilNotReadyAsync(silo.Process, silo.Address, "redis");
        Assert.Equal("ready", (await Answer(gateway.Address))!["status"]!.ToString());
        cluster.Redis.Process.Resume();
        await silo.Process.WaitUntilAsync("it was ready again", () => Health.IsReadyAsync(silo.Address));

        // A gateway that stops says so while it closes its connections.
        var other = await cluster.StartGatewayAsync("WsCluster:Gateway:DrainWindow=00:00:03");
        await using var client = await WireClient.OpenAsync(other);
        await client.SendAsync("""{"id":1,"connect":{}}""");
        await client.ReplyAsync(1);
        var stopping = other.Process.StopAsync();
        await UntilNotReadyAsync(other.Process, other.Address, "draining");
        Assert.Equal(0, await stopping);

        // No silo, no cluster.
        await silo.Process.KillAsync();
        await UntilNotReadyAsync(gateway.Process, gateway.Address, "cluster");
        Assert.True(await Health.IsLiveAsync(gateway.Address));
    }

    private static Task UntilNotReadyAsync(ServerProcess process, Uri address, string check) => process.WaitUntilAsync(
        $"its check {check} failed",
        async () => await Answer(address) is { } answer && answer["status"]!.ToString() != "ready" && answer["checks"]![check]!.ToString() != "ok");

    /// <summary>What it says; null when it says nothing.</summary>
    private static async Task<JsonNode?> Answer(Uri address)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(address, "/health/ready"));
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            Assert.Equal(answer["status"]!.ToString() == "ready" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, response.StatusCode);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
