using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>A silo process is killed in the middle of the traffic.</summary>
public sealed class SiloKilledTests
{
    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Publish_SiloKilled_GoesOnInOrderAndLosesNothingInSilence(string protocol) => RunAsync("silo-killed", protocol);

    [Theory, InlineData("json"), InlineData("protobuf")]
    public Task Publish_SiloOfDurableChannelsKilled_LosesNothing(string protocol) => RunAsync("silo-killed-durable", protocol);

    private static async Task RunAsync(string scenario, string protocol)
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var script = Script.Node(scenario, cluster.ScriptSettings(protocol));
        await script.ReadAsync("kill");
        await cluster.Silos[1].Process.KillAsync();
        await script.SayAsync("killed");
        await script.PassAsync();
    }
}
