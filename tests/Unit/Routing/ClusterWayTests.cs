using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Routing;

/// <summary>Questions to a grain that is reached in several ways.</summary>
public sealed class ClusterWayTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeEntrances _fake = new();
    private readonly SiloEntrances _entrances;
    private readonly Way _way;
    private readonly List<TaskCompletionSource<HistoryPage>> _straight = []; // the calls in Orleans' way
    private bool _answers; // in that way, at once
    private int _late;

    public ClusterWayTests()
    {
        _entrances = new SiloEntrances(_fake.Factory, _time);
        _way = new Way(_entrances, _time);
    }

    [Fact]
    public async Task Ask_Answered_TakesOrleansWay()
    {
        _answers = true;
        Hear("a");

        Assert.Equal("orleans", await AskAsync());
        Assert.Empty(_fake.Calls);
    }

    [Fact]
    public async Task Ask_Unanswered_IsAnsweredByASiloThatIsHeard()
    {
        Hear("a");
        var asking = AskAsync();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(_fake.Calls);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("a", await asking);
        Assert.Equal(["a: history news"], _fake.Calls);
        Assert.Single(_straight);
    }

    [Fact]
    public async Task Ask_AfterThat_TakesTheOtherWayAtOnce()
    {
        Hear("a");
        var asking = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await asking;
        Hear("a");

        Assert.Equal("a", await AskAsync());
        Assert.Single(_straight);
    }

    [Fact]
    public async Task Ask_AnsweredLate_TakesTheAnswerThatComesFirst()
    {
        _fake.Read = _ => new TaskCompletionSource<HistoryPage>().Task;
        Hear("a");
        var asking = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(_fake.Calls);

        _straight[0].SetResult(Page("orleans"));

        Assert.Equal("orleans", await asking);
    }

    [Fact]
    public async Task Ask_CarriedOutOnceMore_IsTold()
    {
        Hear("a");
        var asking = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await asking;
        Assert.Equal(0, Volatile.Read(ref _late));

        _straight[0].SetResult(Page("orleans"));

        await Wait.UntilAsync("the late answer", () => Volatile.Read(ref _late) == 1);
    }

    [Fact]
    public async Task Ask_OfASiloOfAnOlderVersion_KeepsToOrleansWay()
    {
        Hear("older", level: 0);
        var asking = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        _straight[1].SetResult(Page("orleans"));

        Assert.Equal("orleans", await asking);
        Assert.Empty(_fake.Calls);
    }

    [Fact]
    public async Task Ask_UnansweredInAllWays_FailsWithTheLastOfThree()
    {
        var asking = AskAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, _straight.Count);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, _straight.Count);

        _straight[1].SetException(new TimeoutException("the second"));
        _straight[0].SetException(new SiloUnavailableException());
        Assert.False(asking.IsCompleted);
        _straight[2].SetException(new TimeoutException("the third"));

        Assert.Equal("the third", (await Assert.ThrowsAsync<TimeoutException>(() => asking)).Message);
        Assert.Equal(0, _late);
    }

    [Fact]
    public async Task Ask_Refused_IsNotAskedElsewhere()
    {
        Hear("a");
        var asking = AskAsync();
        _straight[0].SetException(new WsClusterException(ErrorCode.UnrecoverablePosition));

        Assert.Equal(ErrorCode.UnrecoverablePosition, (await Assert.ThrowsAsync<WsClusterException>(() => asking)).Code);
        Assert.Empty(_fake.Calls);
    }

    private static HistoryPage Page(string epoch) => new() { Publications = [], Top = new StreamPosition(1, epoch) };

    /// <summary>Asks, and says who answered.</summary>
    private async Task<string> AskAsync()
    {
        var page = await _way.AskAsync(
            entrance => entrance is null ? AskStraightAsync() : entrance.GetHistoryAsync("news", new HistoryQuery()),
            ISiloEntrance.ReadsAndUsers,
            () => Interlocked.Increment(ref _late));
        return page.Top.Epoch;
    }

    private Task<HistoryPage> AskStraightAsync()
    {
        _straight.Add(new TaskCompletionSource<HistoryPage>());
        if (_answers)
        {
            _straight[^1].SetResult(Page("orleans"));
        }

        return _straight[^1].Task;
    }

    private void Hear(string silo, int level = ISiloEntrance.ReadsAndUsers) => _entrances.Heard(
        new DeliveryBatch { SiloId = silo, OutboxId = Guid.NewGuid(), Sequence = 1, Entries = [], Entrance = FakeEntrances.IdOf(silo), EntranceLevel = level },
        again: false);

    private sealed class Way(SiloEntrances entrances, TimeProvider time) : ClusterWay(entrances, new GatewayOptions(), time);
}
