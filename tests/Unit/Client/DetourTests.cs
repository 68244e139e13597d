using WsCluster.Routing;
using WsCluster.Tests.Unit.Routing;

namespace WsCluster.Tests.Unit.Client;

/// <summary>Reads in a process that has another way to grains than Orleans'.</summary>
public sealed class DetourTests : IDetour
{
    private readonly FakeEntrances _entrances = new();
    private readonly ClusterClient _client;
    private int _asked;

    public DetourTests() => _client = new ClusterClient(detour: this);

    ISiloEntrance IDetour.Next()
    {
        _asked++;
        return _entrances.Factory.GetGrain<ISiloEntrance>(Orleans.Runtime.GrainId.Parse(FakeEntrances.IdOf("a")));
    }

    [Fact]
    public async Task Read_Answered_TakesOrleansWay()
    {
        await _client.Cluster.Channel("news").GetHistoryAsync(new HistoryQuery());

        Assert.Equal(0, _asked);
        Assert.Single(_client.Grains.CallsOf<HistoryQuery>());
    }

    [Fact]
    public async Task Read_Unanswered_TakesTheOtherWay()
    {
        _client.Grains.OnHistory = (_, _) => new TaskCompletionSource<HistoryPage>().Task;

        var page = await _client.FinishAsync(_client.Cluster.Channel("news").GetHistoryAsync(new HistoryQuery()));

        Assert.Equal("a", page.Top.Epoch);
        Assert.Equal(["a: history news"], _entrances.Calls);
        Assert.Single(_client.Grains.CallsOf<HistoryQuery>());
    }
}
