using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Routing;

/// <summary>A batch is seen to be dispatched by the complaint about its entries, which no silo writes like that.</summary>
public sealed class GatewayObserverTests : IDisposable
{
    private const int Lane = 1;
    private static readonly Guid Outbox = Guid.NewGuid();

    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly SiloWatch _silos =
        new(new FakeTimeProvider(), Options.Create(new GatewayOptions()), NullLogger<SiloWatch>.Instance);

    private readonly DispatchLog _log = new();
    private readonly FakeEntrances _entrances = new();
    private readonly BoundItem _bound = new();
    private readonly GatewayObserver _observer;

    public GatewayObserverTests()
    {
        _silos.Add(_bound, "silo");
        _observer = new GatewayObserver(Lane, new DeliveryDispatcher(_services, _silos, new SiloEntrances(_entrances.Factory, new FakeTimeProvider()), serializer: null!, TestMetrics.Gateway(), _log));
    }

    [Fact]
    public async Task Deliver_InSequence_DispatchesEach()
    {
        await DeliverAsync(1, 2, 3);

        Assert.Equal(3, _log.Dispatched);
        Assert.Equal(0, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_SequenceSeenBefore_IsDropped()
    {
        await DeliverAsync(1, 1, 2, 1, 2);

        Assert.Equal(2, _log.Dispatched);
        Assert.Equal(0, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_SequenceSkipped_LooksTheSiloUpAgain()
    {
        await DeliverAsync(1, 3);

        Assert.Equal(2, _log.Dispatched);
        Assert.Equal(1, _bound.Rebound);

        await DeliverAsync(4);
        Assert.Equal(1, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_ABatchOfTheOutboxBefore_ThatCameAlready_IsDropped()
    {
        await DeliverAsync(1, 2);
        var another = Guid.NewGuid();
        await _observer.DeliverAsync(Batch(1, outbox: another));

        await DeliverAsync(2); // sent again before the silo gave this gateway up, and late

        Assert.Equal(3, _log.Dispatched);
        await _observer.DeliverAsync(Batch(2, outbox: another));
        Assert.Equal(4, _log.Dispatched);
    }

    [Fact]
    public async Task Deliver_ABatchThatComesAgain_IsAcknowledgedStraightToItsSilo()
    {
        var batch = Batch(1, entrance: FakeEntrances.IdOf("silo"));
        await _observer.DeliverAsync(batch);
        Assert.Empty(_entrances.Calls);
        await _observer.DeliverAsync(batch);

        Assert.Equal(["silo: acknowledge 1"], _entrances.Calls);
    }

    [Fact]
    public async Task Deliver_AnotherOutbox_StartsAnewAndLooksTheSiloUpAgain()
    {
        await DeliverAsync(1, 2);

        var another = Guid.NewGuid();
        await _observer.DeliverAsync(Batch(1, outbox: another));
        await _observer.DeliverAsync(Batch(2, outbox: another));

        Assert.Equal(4, _log.Dispatched);
        Assert.Equal(1, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_FirstBatchOfAnotherOutboxThanTheItems_LooksItUpAgain()
    {
        _silos.Add(_bound, "silo", outboxId: Guid.NewGuid()); // no batch of it ever came

        await DeliverAsync(1, 2);

        Assert.Equal(1, _bound.Rebound);
    }

    [Fact]
    public async Task Add_OfAnOutboxThatIsGone_LooksTheItemUpAgainWithTheNextBatch()
    {
        await DeliverAsync(1);

        _silos.Add(_bound, "silo", outboxId: Guid.NewGuid()); // a reply that was long on its way
        Assert.Equal(0, _bound.Rebound);

        await DeliverAsync(2, 3);
        Assert.Equal(1, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_OfTheItemsOutbox_LeavesItAlone()
    {
        _silos.Add(_bound, "silo", Outbox); // before the first batch of its outbox

        await DeliverAsync(1, 2);

        Assert.Equal(0, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_AnotherSilo_HasItsOwnSequence()
    {
        await DeliverAsync(1, 2);

        await _observer.DeliverAsync(Batch(1, silo: "other"));
        await DeliverAsync(3);

        Assert.Equal(4, _log.Dispatched);
        Assert.Equal(0, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_Resynchronise_LooksTheSiloUpAgain()
    {
        await _observer.DeliverAsync(Batch(1, resynchronise: true));

        Assert.Equal(1, _bound.Rebound);
    }

    [Fact]
    public async Task Deliver_OtherSiloSkips_LeavesThisOneAlone()
    {
        await _observer.DeliverAsync(Batch(1, silo: "other"));
        await _observer.DeliverAsync(Batch(5, silo: "other"));

        Assert.Equal(0, _bound.Rebound);
    }

    public void Dispose()
    {
        _silos.Dispose();
        _services.Dispose();
    }

    private static DeliveryBatch Batch(long sequence, string silo = "silo", Guid? outbox = null, bool resynchronise = false, string? entrance = null) => new()
    {
        SiloId = silo,
        OutboxId = outbox ?? Outbox,
        Sequence = sequence,
        Resynchronise = resynchronise,
        Entries = [1, 0xFF],
        Entrance = entrance,
    };

    private async Task DeliverAsync(params long[] sequences)
    {
        foreach (var sequence in sequences)
        {
            await _observer.DeliverAsync(Batch(sequence));
        }
    }

    private sealed class BoundItem : ISiloBound
    {
        public int Lane => GatewayObserverTests.Lane;

        public int Rebound { get; private set; }

        public void Rebind() => Rebound++;
    }

    private sealed class DispatchLog : ILogger<DeliveryDispatcher>
    {
        public int Dispatched { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "EntryFailed")
            {
                Dispatched++;
            }
        }
    }
}
