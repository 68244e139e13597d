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
            var publishers = listeners.ConvertAll(listener => new SteadyPublisher(listener.Channel, api));
            var publishing = Task.WhenAll(publishers.Select(publisher => publisher.RunAsync(enough.Token)));
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var silo in cluster.Silos.ToList())
                {
                    await cluster.StartSiloAsync();
                    await cluster.StopSiloAsync(silo);
                }
            }

            await enough.CancelAsync();
            await publishing;
            foreach (var (listener, published) in listeners.Zip(publishers))
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
}
