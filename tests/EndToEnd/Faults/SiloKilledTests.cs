using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>A silo process is killed in the middle of the traffic.</summary>
public sealed class SiloKilledTests
{
    [Theory, InlineData("json"), InlineData("protobuf")]
    public async Task Publish_SiloKilled_GoesOnInOrderAndLosesNothingInSilence(string protocol)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var script = Script.Node("silo-killed", cluster.ScriptSettings(protocol));
        await script.ReadAsync("kill");
        await cluster.Silos[1].Process.KillAsync();
        await script.SayAsync("killed");
        await script.PassAsync();
    }
}
