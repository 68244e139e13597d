using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>A gateway process is killed in the middle of the traffic.</summary>
public sealed class GatewayKilledTests
{
    [Theory, InlineData("json"), InlineData("protobuf")]
    public async Task Subscribe_GatewayKilled_ContinuesOnTheOther(string protocol)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var script = Script.Node("gateway-killed", cluster.ScriptSettings(protocol));
        await script.ReadAsync("kill");
        await cluster.Gateways[0].Process.KillAsync();
        await script.SayAsync("killed");
        await script.PassAsync();
    }
}
