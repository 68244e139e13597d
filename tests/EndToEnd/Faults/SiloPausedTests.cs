using System.Diagnostics;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>A silo process stops running for a while (SIGSTOP): a long collection, a frozen container, a machine that swaps.</summary>
public sealed class SiloPausedTests(ITestOutputHelper output)
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task PauseOfTwoSeconds_EvictsNobody()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 3, gateways: 1);

        cluster.Silos[1].Process.Pause();
        await Task.Delay(ShortPause); // the fault itself, not a wait for anything
        cluster.Silos[1].Process.Resume();
        var resumed = DateTime.UtcNow;

        // A silo that writes that it is alive after the votes of the pause have been cast was not voted out by them.
        await Patience.UntilAsync("every silo to be alive after the pause", async () =>
            (await cluster.ReadMembersAsync()).Values.All(row => row.IAmAliveTime > resumed + ShortPause));
        Assert.All((await cluster.ReadMembersAsync()).Values, row => Assert.Equal(MemberRow.Active, row.Status));
        Assert.All(cluster.Silos, silo => Assert.False(silo.Process.HasExited, silo.Process.Tail(40)));
    }

    [Fact]
    public async Task FrozenSilo_IsBypassedWhileItIsFrozenAndExitsWhenItFindsItselfEvicted()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 3, gateways: 1);
        using var api = new ServerApi(cluster.Gateways[0]);
        var listeners = new List<Listener>();
        try
        {
            for (var i = 0; i < 12; i++)
            {
                listeners.Add(await Listener.StartAsync(cluster.Gateways[0], $"open:frozen-{i}"));
            }

            cluster.Silos[1].Process.Pause();
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(listeners.Select(listener => api.PublishUntilReceivedAsync("during", listener)));
            output.WriteLine($"publications reached the subscribers of all channels again after {clock.Elapsed.TotalSeconds:F1} s");

            cluster.Silos[1].Process.Resume();
            Assert.NotEqual(0, await cluster.Silos[1].Process.WaitForExitAsync());
            Assert.All(listeners, listener => listener.AssertConnected());
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }
    }
}
