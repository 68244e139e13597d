using System.Net;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Operations;

/// <summary>The console of a cluster: on one gateway's internal address, it shows what happens on all of them.</summary>
[Collection(SharedCluster.Collection)]
public sealed class ClusterConsoleTests(SharedCluster shared)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Console_OnAnInternalAddress_ShowsAllGatewaysAndSilos()
    {
        var inside = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var gateway = await shared.Cluster.StartExtraGatewayAsync(inside, $"WsCluster:Console:Password={Password}", "WsCluster:Gateway:Id=with-console");
        using var http = new HttpClient();
        foreach (var path in new[] { "", "console/app.js", "health/ready", "api/info" })
        {
            using var answer = await http.GetAsync(new Uri(gateway.Address, path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        await Script.RunNodeAsync("console-cluster", new
        {
            protocol = "json",
            gateways = shared.Cluster.Gateways.Select(one => one.Address.GetLeftPart(UriPartial.Authority)),
            apiKey = TestCluster.ApiKey,
            secret = TestCluster.Secret,
            console = inside.ToString(),
            password = Password,
            silos = shared.Cluster.Silos.Count,
            pictures = Repository.Artifacts,
        });
        gateway.AssertNoErrors();
        Assert.Equal(0, await gateway.Process.StopAsync());
    }
}
