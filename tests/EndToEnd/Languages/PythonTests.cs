using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Languages;

/// <summary>Python with its websockets package, speaking the JSON protocol by hand.</summary>
[Collection(SharedCluster.Collection)]
public sealed class PythonTests(SharedCluster shared)
{
    [Fact]
    public async Task Client_OnTwoGateways_ExchangesMessagesAndPings()
    {
        // The second one is the gateway that pings every second.
        await using var script = Script.Python("client.py",
            $"{shared.Cluster.Gateways[0].WebSocketAddress}", $"{shared.Impatient.WebSocketAddress}");
        await script.PassAsync();
    }
}
