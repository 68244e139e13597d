using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>A silo is killed that relays hot channels of the others, and has some of its own, in the middle of the traffic.</summary>
public sealed class RelayKilledTests
{
    [Fact]
    public async Task Publish_SiloOfRelaysKilled_LosesNothing()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 3, siloSettings: ["WsCluster:HotChannels:Gateways=1"]);
        await using var script = Script.Node("silo-killed-durable", cluster.ScriptSettings("json"));
        await script.ReadAsync("kill");
        await Patience.UntilAsync("hot channels on the silos that stay", () => Task.FromResult(HasHotChannels(cluster.Silos[0]) && HasHotChannels(cluster.Silos[2])));

        await cluster.Silos[1].Process.KillAsync();

        await script.SayAsync("killed");
        await script.PassAsync();
    }

    private static bool HasHotChannels(SiloProcess silo) => silo.Process.Tail(100).Contains(" is hot, ", StringComparison.Ordinal);
}
