using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

/// <summary>The figures for consoles cost nothing while nobody looks: no grain gathers them, and nothing is published.</summary>
public sealed class ConsoleFiguresTests : IAsyncLifetime
{
    private const string Channel = "!console:figures";

    private readonly SiloCluster _cluster = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task NobodyLooks_NothingIsPublished_AndItEndsByItself()
    {
        var gateway = _cluster.AddGateway();
        await gateway.SubscribeAsync(Channel);
        Assert.False(IsGathering());

        await Figures.WatchAsync();
        await Wait.UntilAsync("figures", async () => (await TopAsync()).Offset >= 2);
        Assert.True(IsGathering());

        // Nobody says again that they look, as when the last console has closed.
        await Wait.UntilAsync("the end of it", () => !IsGathering());
        var top = await TopAsync();
        await Wait.UntilAsync("all figures to arrive", () => gateway.Delivered.Count(one => one.Key == Channel) == (int)top.Offset);
        Assert.False(IsGathering()); // what is not there publishes nothing
        Assert.Equal(top, await TopAsync());

        // The next console starts it again, in the same stream.
        await Figures.WatchAsync();
        await Wait.UntilAsync("more figures", async () => (await TopAsync()).Offset > top.Offset);
    }

    private IClusterFigures Figures => _cluster.Client.GetGrain<IClusterFigures>(IClusterFigures.Key);

    private bool IsGathering() => _cluster.Cluster.TryGetGrainContext(Figures.GetGrainId(), out _);

    private async Task<StreamPosition> TopAsync() =>
        (await _cluster.Client.GetGrain<IChannelGrain>(Channel).GetHistoryAsync(new HistoryQuery { Limit = 0 })).Top;
}
