using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Routing;

public sealed class SiloEntrancesTests
{
    private static readonly Guid Outbox = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();
    private readonly FakeEntrances _fake = new();
    private readonly SiloEntrances _entrances;

    public SiloEntrancesTests() => _entrances = new SiloEntrances(_fake.Factory, _time);

    [Fact]
    public void Heard_FirstTime_AcknowledgesNothing()
    {
        Hear("a", 1);
        Hear("a", 2);

        Assert.Empty(_fake.Calls);
    }

    [Fact]
    public void Heard_Again_AcknowledgesThatAndWhatFollows_UntilItHasBeenWellForAWhile()
    {
        Hear("a", 1);
        Hear("a", 1, again: true);
        Hear("a", 2);
        Hear("b", 7);
        _time.Advance(TimeSpan.FromSeconds(31));
        Hear("a", 3);

        Assert.Equal(["a: acknowledge 1", "a: acknowledge 2"], _fake.Calls);
    }

    [Fact]
    public void Find_SiloSilent_IsNull()
    {
        Hear("a", 1);
        Assert.NotNull(_entrances.Find("a"));
        Assert.Null(_entrances.Find("b"));

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(_entrances.Find("a"));
        Hear("a", 2);
        Assert.NotNull(_entrances.Find("a"));
    }

    [Fact]
    public void Next_TakesTurnsAmongThoseHeardLately()
    {
        Assert.Null(_entrances.Next());
        Hear("silent", 1);
        _time.Advance(TimeSpan.FromSeconds(3));
        Hear("a", 1);
        Hear("b", 1);

        Assert.Equal(["a", "b"], new[] { Next(), Next() }.Order());
        Assert.Equal(["a", "b"], new[] { Next(), Next() }.Order());
    }

    [Fact]
    public void Level_NotHad_IsNoWay()
    {
        Hear("older", 1);
        _entrances.Heard(Batch("newer", 1, FakeEntrances.IdOf("newer"), ISiloEntrance.ReadsAndUsers), again: false);

        Assert.NotNull(_entrances.Find("older"));
        Assert.Null(_entrances.Find("older", ISiloEntrance.ReadsAndUsers));
        Assert.NotNull(_entrances.Find("newer", ISiloEntrance.ReadsAndUsers));
        Assert.Equal(["newer", "newer"], new[] { Next(ISiloEntrance.ReadsAndUsers), Next(ISiloEntrance.ReadsAndUsers) });
        Assert.NotNull(((IDetour)_entrances).Next());
    }

    [Fact]
    public void Heard_SiloWithoutEntrance_IsNoWay()
    {
        _entrances.Heard(Batch("a", 1, entrance: null), again: false);

        Assert.Null(_entrances.Find("a"));
    }

    private string Next(int level = 0) => _entrances.Next(level)!.Value.SiloId;

    private void Hear(string silo, long sequence, bool again = false) => _entrances.Heard(Batch(silo, sequence, FakeEntrances.IdOf(silo)), again);

    private static DeliveryBatch Batch(string silo, long sequence, string? entrance, int level = 0) => new()
    {
        SiloId = silo,
        OutboxId = Outbox,
        Sequence = sequence,
        Entries = [],
        Entrance = entrance,
        EntranceLevel = level,
    };
}

/// <summary>Makes entrances that write down what they are asked.</summary>
internal sealed class FakeEntrances
{
    private readonly List<string> _calls = [];

    public FakeEntrances() => Factory = FakeFactory.Create(this);

    public IGrainFactory Factory { get; }

    /// <summary>Each call as <c>silo: what</c>.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>Answers calls that have an answer: gets the silo's name.</summary>
    public Func<string, Task<ChannelAttachment>> Subscribe { get; set; } = silo => Task.FromResult(new ChannelAttachment { SiloId = silo, Top = StreamPosition.None });

    /// <summary>Answers reads of history: gets the silo's name.</summary>
    public Func<string, Task<HistoryPage>> Read { get; set; } = silo => Task.FromResult(new HistoryPage { Publications = [], Top = new StreamPosition(1, silo) });

    public static string IdOf(string silo) => $"sys.svc.user.entrance/{silo}";

#pragma warning disable CA1852 // the proxies derive from them
    internal class FakeFactory : DispatchProxy
    {
        private FakeEntrances _all = null!;

        internal static IGrainFactory Create(FakeEntrances all)
        {
            var factory = Create<IGrainFactory, FakeFactory>();
            ((FakeFactory)(object)factory)._all = all;
            return factory;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Entrance.Create(_all, ((GrainId)args![0]!).Key.ToString()!);
    }

    internal class Entrance : DispatchProxy
    {
        private FakeEntrances _all = null!;
        private string _silo = "";

        internal static ISiloEntrance Create(FakeEntrances all, string silo)
        {
            var entrance = Create<ISiloEntrance, Entrance>();
            (((Entrance)(object)entrance)._all, ((Entrance)(object)entrance)._silo) = (all, silo);
            return entrance;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(ISiloEntrance.AcknowledgeAsync))
            {
                _all._calls.Add($"{_silo}: acknowledge {args![1]}");
                return Task.CompletedTask;
            }

            if (targetMethod.Name == nameof(ISiloEntrance.GetHistoryAsync))
            {
                _all._calls.Add($"{_silo}: history {args![0]}");
                return _all.Read(_silo);
            }

            Assert.Equal(nameof(ISiloEntrance.SubscribeAsync), targetMethod.Name);
            _all._calls.Add($"{_silo}: subscribe {args![0]}");
            return _all.Subscribe(_silo);
        }
    }
#pragma warning restore CA1852
}
