using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using WsCluster.Grains;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains;

public sealed class GatewayOutboxesTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentQueue<(string Owner, string Gateway, long Incarnation)> _told = new();
    private readonly GatewayOutboxes _outboxes;

    public GatewayOutboxesTests() => _outboxes = new GatewayOutboxes(
        new Silo(),
        Options.Create(new DeliveryOptions()),
        new SiloLimits(Options.Create(new SiloLimitOptions())),
        _time,
        new GrainMetrics(_services.GetRequiredService<IMeterFactory>()),
        NullLoggerFactory.Instance);

    public async ValueTask DisposeAsync()
    {
        _outboxes.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public void Attach_SameLane_SharesOneOutbox()
    {
        var observer = new RecordingObserver();

        Assert.Same(_outboxes.Attach(Lane(observer), Owner("a")), _outboxes.Attach(Lane(observer), Owner("b")));
        Assert.NotSame(_outboxes.Attach(Lane(observer), Owner("a")), _outboxes.Attach(Lane(observer, lane: 1), Owner("a")));
    }

    [Fact]
    public async Task Timer_BeatsForIdleOutboxes()
    {
        var observer = new RecordingObserver();
        _outboxes.Attach(Lane(observer), Owner("a"));

        _time.Advance(OutboxContext.TickInterval);
        await Wait.UntilAsync("the first heartbeat", () => observer.Batches.Count == 1);
    }

    [Fact]
    public async Task Loss_OfOneLane_EndsAllAndTellsEachOwnerOnce()
    {
        var dead = new RecordingObserver { Answer = _ => new TaskCompletionSource().Task };
        var alive = new RecordingObserver();
        var both = Owner("both");
        var first = _outboxes.Attach(Lane(dead), both);
        var second = _outboxes.Attach(Lane(alive, lane: 1), both);
        _outboxes.Attach(Lane(alive, lane: 1), Owner("other"));
        first.Enqueue([1]);
        await Wait.UntilAsync("the batch", () => dead.Batches.Count == 1);

        _time.Advance(TimeSpan.FromSeconds(10));

        await Wait.UntilAsync("two owners told", () => _told.Count == 2);
        Assert.True(first.IsClosed && second.IsClosed);
        Assert.Equal([("both", "g", 1L), ("other", "g", 1L)], _told.Order());
    }

    [Fact]
    public async Task Loss_AnotherGateway_StaysAttached()
    {
        var dead = new RecordingObserver { Answer = _ => RecordingObserver.Unavailable };
        var alive = new RecordingObserver();
        var lost = _outboxes.Attach(Lane(dead), Owner("a"));
        var stays = _outboxes.Attach(Lane(alive) with { GatewayId = "g2" }, Owner("a"));

        lost.Enqueue([1]);

        await Wait.UntilAsync("the loss", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return _told.Count == 1;
        });
        Assert.True(stays.Enqueue([1]));
    }

    [Fact]
    public async Task Attach_AfterALoss_OpensANewOutbox()
    {
        var observer = new RecordingObserver { Answer = _ => RecordingObserver.Unavailable };
        var lost = _outboxes.Attach(Lane(observer), Owner("a"));
        lost.Enqueue([1]);
        await Wait.UntilAsync("the loss", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return lost.IsClosed;
        });
        observer.Answer = _ => Task.CompletedTask;

        var again = _outboxes.Attach(Lane(observer), Owner("a"));
        again.Enqueue([2]);

        await Wait.UntilAsync("a delivery", () => observer.Bytes is [.., 2]);
        Assert.Equal(2, observer.Batches.Select(batch => batch.OutboxId).Distinct().Count());
    }

    [Fact]
    public async Task Attach_NewerIncarnation_EndsTheOlderAtOnce()
    {
        var older = _outboxes.Attach(Lane(new RecordingObserver()), Owner("a"));

        var newer = _outboxes.Attach(Lane(new RecordingObserver()) with { Incarnation = 2 }, Owner("b"));

        Assert.True(older.IsClosed);
        Assert.False(newer.IsClosed);
        await Wait.UntilAsync("the older's owner told", () => !_told.IsEmpty);
        Assert.Equal([("a", "g", 1L)], _told);
    }

    [Fact]
    public void Attach_OlderIncarnation_IsRefused()
    {
        _outboxes.Attach(Lane(new RecordingObserver()) with { Incarnation = 2 }, Owner("a"));

        var refused = Assert.Throws<WsClusterException>(() => _outboxes.Attach(Lane(new RecordingObserver()), Owner("b")));
        Assert.Equal(ErrorCode.BadRequest, refused.Code);
    }

    [Fact]
    public async Task Detach_Last_EndsTheOutboxAfterAWhile()
    {
        var observer = new RecordingObserver();
        var owner = Owner("a");
        var outbox = _outboxes.Attach(Lane(observer), owner);
        outbox.Enqueue([1]);
        await Wait.ForAsync("the delivery", outbox.FlushAsync());

        _outboxes.Detach(outbox, owner);
        Assert.False(outbox.IsClosed);
        await Wait.UntilAsync("the outbox closed", () =>
        {
            _time.Advance(OutboxContext.TickInterval);
            return outbox.IsClosed;
        });

        Assert.Empty(_told);
        Assert.NotSame(outbox, _outboxes.Attach(Lane(observer), owner));
    }

    [Fact]
    public async Task Loss_OwnerThatFails_IsToldAgain()
    {
        var calls = 0;
        var owner = new OutboxOwner((_, _) => ++calls == 1 ? Task.FromException(new TimeoutException()) : Task.CompletedTask);
        var observer = new RecordingObserver { Answer = _ => RecordingObserver.Unavailable };
        _outboxes.Attach(Lane(observer), owner).Enqueue([1]);

        await Wait.UntilAsync("a second call", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Volatile.Read(ref calls) == 2;
        });
    }

    private static GatewayLane Lane(IGatewayObserver observer, int lane = 0) =>
        new() { GatewayId = "g", Incarnation = 1, Lane = lane, Observer = observer };

    private OutboxOwner Owner(string name) => new((gateway, incarnation) =>
    {
        _told.Enqueue((name, gateway, incarnation));
        return Task.CompletedTask;
    });

    private sealed class Silo : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "test";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 11111, 7);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
