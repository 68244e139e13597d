using WsCluster.Tests.EndToEnd.Harness;

namespace WsCluster.Tests.EndToEnd.Faults;

/// <summary>All silos are replaced one after the other, while publishers publish in channels whose history is in memory.</summary>
public sealed class RollingRestartTests
{
    private const int Channels = 12;
    private const int Rounds = 3;

    [Fact]
    public async Task AllSilosReplacedThreeTimes_NothingAcknowledgedIsLostAndNoEpochChanges()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, gateways: 1);
        using var api = new ServerApi(cluster.Gateways[0]);
        var listeners = new List<Listener>();
        try
        {
            for (var i = 0; i < Channels; i++)
            {
                listeners.Add(await Listener.StartAsync(cluster.Gateways[0], $"open:rolling-{i}"));
            }

            using var enough = new CancellationTokenSource();
            var publishers = listeners.Select(listener => PublishUntilAsync(api, listener.Channel, enough.Token)).ToList();
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var silo in cluster.Silos.ToList())
                {
                    await cluster.StartSiloAsync();
                    await cluster.StopSiloAsync(silo);
                }
            }

            await enough.CancelAsync();
            foreach (var (listener, published) in listeners.Zip(await Task.WhenAll(publishers)))
            {
                await Patience.UntilAsync($"the last of {listener.Channel}", () =>
                {
                    listener.AssertConnected();
                    return Task.FromResult(listener.Received.Count >= published.Count);
                });
                Assert.Equal(published.Texts, listener.Received);
                Assert.Single(published.Epochs);
                Assert.Equal(published.Epochs, listener.Epochs);
                Assert.Equal(0, listener.Unrecovered);
                listener.AssertConnected();
            }
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }
    }

    /// <summary>Publishes 0, 1, … until told to stop, each with a key and as often as it takes to be acknowledged.</summary>
    private static async Task<Published> PublishUntilAsync(ServerApi api, string channel, CancellationToken enough)
    {
        var count = 0;
        var epochs = new HashSet<string>();
        while (!enough.IsCancellationRequested)
        {
            await Patience.UntilAsync($"publication {count} in {channel}", async () =>
            {
                var result = await api.TryGetResultAsync("publish", new { channel, data = count, idempotency_key = $"{count}" });
                if (result is not null)
                {
                    epochs.Add((string)result["epoch"]!);
                }

                return result is not null;
            });
            count++;
            await Task.Delay(10, CancellationToken.None);
        }

        return new Published(count, epochs);
    }

    private sealed record Published(int Count, IReadOnlyCollection<string> Epochs)
    {
        public IEnumerable<string> Texts => Enumerable.Range(0, Count).Select(n => $"{n}");
    }
}
