using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Languages;

/// <summary>PHP with nothing but its stream functions: the handshake and the frames are written by hand.</summary>
[Collection(SharedCluster.Collection)]
public sealed class PhpTests(SharedCluster shared)
{
    [Fact]
    public async Task Client_OnTwoGateways_ExchangesMessagesAndPings()
    {
        // The second one is the gateway that pings every second.
        await using var script = Script.Php("client.php",
            shared.Cluster.Gateways[0].Address.Authority, shared.Impatient.Address.Authority);
        await script.PassAsync();
    }
}
