using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>The cluster's membership in Redis is gone, or has lost a silo. Silos must not go on beside a new cluster.</summary>
public sealed class MembershipLostTests
{
    private const int MembershipLostExitCode = 3;

    [Fact]
    public async Task FlushedMembership_SilosExitAndClientsGoOnWithTheNewOnes()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, gateways: 1);
        await using var plain = await Listener.StartAsync(cluster.Gateways[0], "plain:flushed");
        await using var open = await Listener.StartAsync(cluster.Gateways[0], "open:flushed");
        using var api = new ServerApi(cluster.Gateways[0]);
        await api.PublishUntilReceivedAsync("before", plain, open);

        await cluster.Redis.FlushAsync();
        foreach (var silo in cluster.Silos.ToList())
        {
            Assert.Equal(MembershipLostExitCode, await silo.Process.WaitForExitAsync());
            Assert.Single(silo.Process.Lines, line => line.Contains("membership has lost this silo", StringComparison.Ordinal));
        }

        await cluster.StartSiloAsync();
        await cluster.StartSiloAsync();
        await api.PublishUntilReceivedAsync("after", plain, open);
        plain.AssertConnected();
        open.AssertConnected();
    }

    [Fact]
    public async Task LostRowOfOneSilo_EndsThatSiloOnly()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, gateways: 1);
        await using var plain = await Listener.StartAsync(cluster.Gateways[0], "plain:row");
        using var api = new ServerApi(cluster.Gateways[0]);

        var rows = await cluster.ReadMembersAsync();
        await cluster.RemoveMemberAsync(rows.Keys.Single(row => row.Contains($":{cluster.Silos[0].Port}:", StringComparison.Ordinal)));

        Assert.Equal(MembershipLostExitCode, await cluster.Silos[0].Process.WaitForExitAsync());
        await api.PublishUntilReceivedAsync("after", plain);
        Assert.False(cluster.Silos[1].Process.HasExited, cluster.Silos[1].Process.Tail(40));
        plain.AssertConnected();
    }

    [Fact]
    public async Task LostRowOfAKilledSilo_TheOthersWriteItDead()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, gateways: 1);
        await using var plain = await Listener.StartAsync(cluster.Gateways[0], "plain:killed-row");
        using var api = new ServerApi(cluster.Gateways[0]);

        var row = (await cluster.ReadMembersAsync()).Keys.Single(row => row.Contains($":{cluster.Silos[0].Port}:", StringComparison.Ordinal));
        await cluster.Silos[0].Process.KillAsync();
        await cluster.RemoveMemberAsync(row);

        await Patience.UntilAsync("the row says dead", async () => (await cluster.ReadMembersAsync()).TryGetValue(row, out var written) && written.Status == MemberRow.Dead);
        await api.PublishUntilReceivedAsync("after", plain);
        Assert.False(cluster.Silos[1].Process.HasExited, cluster.Silos[1].Process.Tail(40));
        plain.AssertConnected();
    }

    [Fact]
    public async Task RedisAway_IsNoReasonToExit()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, gateways: 1);
        await using var plain = await Listener.StartAsync(cluster.Gateways[0], "plain:away");
        using var api = new ServerApi(cluster.Gateways[0]);

        cluster.Redis.Process.Pause();
        foreach (var silo in cluster.Silos)
        {
            // Orleans says so too when it cannot write that the silo is alive: by then the watch has looked more than twice.
            await silo.Process.WaitUntilAsync("it missed Redis", () => Task.FromResult(
                silo.Process.Lines.Count(line => line.Contains("Failed to update table entry for this silo", StringComparison.Ordinal)) >= 2));
        }

        await api.PublishUntilReceivedAsync("while away", plain);
        cluster.Redis.Process.Resume();
        await api.PublishUntilReceivedAsync("back", plain);
        Assert.All(cluster.Silos, silo => Assert.False(silo.Process.HasExited, silo.Process.Tail(40)));
        plain.AssertConnected();
    }
}
