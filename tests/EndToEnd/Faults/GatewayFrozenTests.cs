using System.Diagnostics;
using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>A gateway stops taking its deliveries (SIGSTOP) while much is published for it.</summary>
public sealed class GatewayFrozenTests(ITestOutputHelper output)
{
    private const long MostGrowth = 64 * 1024 * 1024;
    private const int Channels = 20;
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task FrozenForThirtySeconds_TheSiloStaysSmall()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, gateways: 2);
        using var api = new ServerApi(cluster.Gateways[1]);
        var listeners = new List<Listener>();
        try
        {
            var channels = Enumerable.Range(0, Channels).Select(i => $"plain:frozen-{i}").ToArray();
            foreach (var channel in channels)
            {
                listeners.Add(await Listener.StartAsync(cluster.Gateways[0], channel));
            }

            // The heap settles at what this load takes with a gateway that keeps up.
            var (before, _) = await LoadAsync(api, cluster.Silos[0], channels, WarmUp);
            cluster.Gateways[0].Process.Pause();
            var (largest, published) = await LoadAsync(api, cluster.Silos[0], channels, Freeze);

            output.WriteLine($"{published / 1024 / 1024} MiB were published for the frozen gateway; the silo grew from {before / 1024 / 1024} to at most {largest / 1024 / 1024} MiB");
            Assert.True(published > 2 * MostGrowth, $"Only {published} bytes were published: that would fit anyway.");
            Assert.InRange(largest - before, long.MinValue, MostGrowth);
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Publishes some 30 MiB a second, many times what may wait for the gateway; returns the largest resident memory of the
    /// silo meanwhile, and the bytes published. By the clock, not as fast as it goes: how large a heap the collector grows for
    /// hundreds of MiB a second of short-lived requests is a question of its own.
    /// </summary>
    private static async Task<(long Largest, long Published)> LoadAsync(ServerApi api, SiloProcess silo, string[] channels, TimeSpan duration)
    {
        var data = new string('x', 32 * 1024);
        var clock = Stopwatch.StartNew();
        var (largest, published) = (0L, 0L);
        using var pace = new PeriodicTimer(Interval);
        while (clock.Elapsed < duration && await pace.WaitForNextTickAsync())
        {
            if (await api.TryCallAsync("broadcast", new { channels, data }))
            {
                published += channels.Length * data.Length;
            }

            largest = Math.Max(largest, silo.Process.ResidentBytes());
        }

        return (largest, published);
    }
}
