using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using WsCluster.Grains;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains;

public sealed class GatewayOutboxTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingObserver _observer = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Allowance _limit = new(64 * 1024 * 1024);
    private readonly OutboxContext _context;
    private readonly GatewayOutbox _outbox;
    private int _lost;

    public GatewayOutboxTests()
    {
        _context = Context(_limit);
        _outbox = new GatewayOutbox(_context, new GatewayLane { GatewayId = "g", Incarnation = 1, Lane = 0, Observer = _observer }, _observer, outbox =>
        {
            Interlocked.Increment(ref _lost);
            outbox.Close();
        });
    }

    public async ValueTask DisposeAsync()
    {
        _outbox.Close();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Enqueue_DeliversInOrderAndCountsFromOne()
    {
        for (byte i = 0; i < 100; i++)
        {
            Assert.True(_outbox.Enqueue([i]));
        }

        await Wait.UntilAsync("100 bytes", () => _observer.Bytes.Length == 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), _observer.Bytes);
        Assert.Equal(Enumerable.Range(1, _observer.Batches.Count).Select(i => (long)i), _observer.Batches.Select(batch => batch.Sequence));
        Assert.Equal(["silo@1"], _observer.Batches.Select(batch => batch.SiloId).Distinct());
        Assert.Single(_observer.Batches.Select(batch => batch.OutboxId).Distinct());
    }

    [Fact]
    public async Task Enqueue_WhileABatchIsUnderWay_JoinsTheNext()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        for (byte i = 2; i < 50; i++)
        {
            _outbox.Enqueue([i]);
        }

        gate.SetResult();

        await Wait.UntilAsync("all bytes", () => _observer.Bytes.Length == 49);
        Assert.Equal(2, _observer.Batches.Count);
        Assert.Equal(1, _observer.MostInFlight);
    }

    [Fact]
    public async Task Enqueue_OnAThreadThatTakesWork_IsSentByItAsOneBatch()
    {
        var deferred = new List<IThreadPoolWorkItem>();
        _context.Local!.Defer = work =>
        {
            deferred.Add(work);
            return true;
        };
        _outbox.Enqueue([1]);
        _outbox.Enqueue([2]);
        Assert.Single(deferred);
        Assert.Empty(_observer.Batches);

        deferred[0].Execute();

        Assert.Equal([1, 2], Assert.Single(_observer.Batches).Entries);
        _context.Local.Defer = _ => false;
        _outbox.Enqueue([3]); // by the pump
        await Wait.UntilAsync("the next batch", () => _observer.Batches.Count == 2);
        Assert.Equal([1, 2, 3], _observer.Bytes);
    }

    [Fact]
    public async Task Enqueue_OnAThreadThatIsSlowerThanIt_LeavesTheRestToThePump()
    {
        IThreadPoolWorkItem? deferred = null;
        _context.Local!.Defer = work => (deferred = work) is not null;
        var lender = Environment.CurrentManagedThreadId;
        var lent = 0;
        var left = 50;
        _observer.Answer = _ =>
        {
            lent += Environment.CurrentManagedThreadId == lender ? 1 : 0;
            if (--left > 0)
            {
                _outbox.Enqueue([1]); // there is always another one
            }

            return Task.CompletedTask;
        };
        _outbox.Enqueue([1]);

        deferred!.Execute();

        var sent = lent; // by the time that it had its thread back
        await Wait.UntilAsync("all batches", () => _observer.Batches.Count == 50);
        Assert.InRange(sent, 1, 10);
    }

    [Fact]
    public async Task Enqueue_MoreThanABatch_IsSplitAtEntries()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        for (var i = 0; i < 5; i++)
        {
            _outbox.Enqueue(new byte[100 * 1024]);
        }

        gate.SetResult();

        await Wait.UntilAsync("all bytes", () => _observer.Bytes.Length == 1 + 5 * 100 * 1024);
        Assert.Equal([1, 200 * 1024, 200 * 1024, 100 * 1024], _observer.Batches.Select(batch => batch.Entries.Length));
        Assert.Equal(1, _observer.MostInFlight);
    }

    [Fact]
    public async Task Enqueue_LargerThanABatch_GoesAlone()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        _outbox.Enqueue([2]);
        _outbox.Enqueue(new byte[500 * 1024]);
        _outbox.Enqueue([3]);

        gate.SetResult();

        await Wait.UntilAsync("four batches", () => _observer.Batches.Count == 4);
        Assert.Equal([1, 1, 500 * 1024, 1], _observer.Batches.Select(batch => batch.Entries.Length));
    }

    [Fact]
    public async Task Acknowledge_AnswerIsLost_SendsTheNextBatch()
    {
        _observer.Answer = _ => new TaskCompletionSource().Task;
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        _outbox.Enqueue([2]);

        _outbox.Acknowledge(2); // of none that went
        Assert.Single(_observer.Batches);
        _outbox.Acknowledge(1);

        await Wait.UntilAsync("the next batch", () => _observer.Batches.Count == 2);
        Assert.Equal([1, 2], _observer.Bytes);
    }

    [Fact]
    public async Task FirstAttempt_Unanswered_IsRepeatedAfterASecond()
    {
        _observer.Answer = _ => new TaskCompletionSource().Task;
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);

        await AdvanceUntilAsync("its repeat", () => _observer.Batches.Count == 2);

        Assert.Equal([1L, 1L], _observer.Batches.Select(batch => batch.Sequence));
    }

    [Fact]
    public async Task FailedBatch_IsSentAgainUnchanged()
    {
        var failures = 2;
        _observer.Answer = _ => failures-- > 0 ? Task.FromException(new TimeoutException()) : Task.CompletedTask;
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first attempt", () => _observer.Batches.Count == 1);
        _outbox.Enqueue([2]);

        await AdvanceUntilAsync("the next batch", () => _observer.Batches.Count == 4);

        Assert.Equal([1L, 1L, 1L, 2L], _observer.Batches.Select(batch => batch.Sequence));
        Assert.Equal([1, 1, 1, 2], _observer.Bytes);
        Assert.Equal(0, _lost);
    }

    [Fact]
    public async Task Enqueue_CountsInTheSiloUntilSentOrDropped()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        _outbox.Enqueue(new byte[1000]);
        Assert.Equal(1000, _limit.Used);

        gate.SetResult();
        await Wait.UntilAsync("the second batch", () => _observer.Batches.Count == 2);
        Assert.Equal(0, _limit.Used);
    }

    [Fact]
    public async Task Enqueue_PastTheSilosLimit_DropsTheOutboxThatHoldsMoreThanItsShare()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        _limit.Take(_limit.Limit); // another outbox
        _outbox.Enqueue(new byte[1000]);
        Assert.Equal(1000, _outbox.QueuedBytes);

        _context.CountOpen(99_999);
        _outbox.Enqueue(new byte[1000]);
        Assert.Equal(0, _outbox.QueuedBytes);
        gate.SetResult();
        await Wait.UntilAsync("the batch after", () => _observer.Batches.Count == 2);
        Assert.True(_observer.Batches[1].Resynchronise);
    }

    [Fact]
    public void Allows_PastTheSilosLimit_SparesOutboxesWithinTheirShare()
    {
        var context = Context(new Allowance(1000));
        context.CountOpen(4);

        Assert.True(context.Allows(900));
        context.Limit.Take(1001);
        Assert.True(context.Allows(250));
        Assert.False(context.Allows(251));
    }

    [Fact]
    public async Task Overflow_DropsAllAndAsksToResynchroniseOnce()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        for (var i = 0; i < 11; i++)
        {
            Assert.True(_outbox.Enqueue(new byte[100 * 1024]));
        }

        Assert.Equal(0, _outbox.QueuedBytes);
        _outbox.Enqueue([2]);
        gate.SetResult();
        await Wait.UntilAsync("the batch after", () => _observer.Batches.Count == 2);
        _outbox.Enqueue([3]);
        await Wait.UntilAsync("one more", () => _observer.Batches.Count == 3);

        Assert.Equal([1, 2, 3], _observer.Bytes);
        Assert.Equal([false, true, false], _observer.Batches.Select(batch => batch.Resynchronise));
    }

    [Fact]
    public async Task Tick_Idle_SendsAnEmptyBatch()
    {
        _outbox.Tick();
        await Wait.UntilAsync("a heartbeat", () => _observer.Batches.Count == 1);

        var batch = Assert.Single(_observer.Batches);
        Assert.Empty(batch.Entries);
        Assert.False(batch.Resynchronise);
        Assert.Equal(1, batch.Sequence);
    }

    [Fact]
    public async Task Tick_AfterTraffic_NeedsNoHeartbeat()
    {
        _outbox.Enqueue([1]);
        await Wait.ForAsync("the delivery", _outbox.FlushAsync());
        _outbox.Tick();
        _outbox.Enqueue([2]);
        await Wait.ForAsync("the delivery", _outbox.FlushAsync());

        Assert.Equal([1, 1], _observer.Batches.Select(batch => batch.Entries.Length));
    }

    [Fact]
    public async Task Silence_ForTheLease_LosesTheGateway()
    {
        Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        Tick(9);
        Assert.False(_outbox.IsClosed);

        Tick(1);

        Assert.Equal(1, _lost);
        Assert.True(_outbox.IsClosed);
        Assert.False(_outbox.Enqueue([2]));
        Assert.Equal(0, _outbox.QueuedBytes);
    }

    [Fact]
    public async Task Acknowledgement_RenewsTheLease()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        await Wait.UntilAsync("the first batch", () => _observer.Batches.Count == 1);
        Tick(9);
        gate.SetResult();
        await Wait.ForAsync("the delivery", _outbox.FlushAsync());
        Hold();
        _outbox.Enqueue([2]);
        await Wait.UntilAsync("the second batch", () => _observer.Batches.Count == 2);

        Tick(9);

        Assert.Equal(0, _lost);
    }

    [Fact]
    public async Task UnavailableClient_LosesTheGatewayAfterFewAttempts()
    {
        _observer.Answer = _ => RecordingObserver.Unavailable;

        _outbox.Enqueue([1]);

        await AdvanceUntilAsync("the loss", () => Volatile.Read(ref _lost) == 1);
        Assert.Equal(5, _observer.Batches.Count);
        Assert.True(_outbox.IsClosed);
    }

    [Fact]
    public async Task UnavailableClientForAMoment_KeepsTheGateway()
    {
        var failures = 4;
        _observer.Answer = _ => failures-- > 0 ? RecordingObserver.Unavailable : Task.CompletedTask;
        _outbox.Enqueue([1]);

        await AdvanceUntilAsync("the fifth attempt", () => _observer.Batches.Count == 5);

        Assert.Equal(0, _lost);
        Assert.True(_outbox.Enqueue([2]));
    }

    [Fact]
    public async Task AnnounceStop_SaysItAtOnceAndInEveryBatch()
    {
        _outbox.AnnounceStop();
        await Wait.ForAsync("the goodbye", _outbox.FlushAsync());
        _outbox.Enqueue([1]);
        await Wait.ForAsync("the delivery", _outbox.FlushAsync());

        Assert.Equal([true, true], _observer.Batches.Select(batch => batch.SiloStopping));
        Assert.Equal([0, 1], _observer.Batches.Select(batch => batch.Entries.Length));
    }

    [Fact]
    public async Task Flush_EndsWithTheAcknowledgement()
    {
        var gate = Hold();
        _outbox.Enqueue([1]);
        var flush = _outbox.FlushAsync();
        await Wait.UntilAsync("the batch", () => _observer.Batches.Count == 1);
        Assert.False(flush.IsCompleted);

        gate.SetResult();

        await Wait.ForAsync("the flush", flush);
        Assert.True(_outbox.FlushAsync().IsCompleted);
    }

    [Fact]
    public async Task Close_EndsAFlush()
    {
        Hold();
        _outbox.Enqueue([1]);
        var flush = _outbox.FlushAsync();

        Assert.True(_outbox.Close());

        await Wait.ForAsync("the flush", flush);
        Assert.False(_outbox.Close());
    }

    [Fact]
    public async Task Enqueue_FromManyThreads_KeepsEachOnesOrder()
    {
        const int perThread = 5_000;
        var threads = Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < perThread; i++)
            {
                _outbox.Enqueue([(byte)thread, (byte)i, (byte)(i >> 8)]);
            }
        })).ToArray();
        await Wait.ForAsync("the threads", Task.WhenAll(threads));
        await Wait.UntilAsync("all entries", () => _observer.Bytes.Length == 4 * perThread * 3);

        var entries = _observer.Bytes.Chunk(3).ToList();
        for (var thread = 0; thread < 4; thread++)
        {
            Assert.Equal(Enumerable.Range(0, perThread), entries.Where(entry => entry[0] == thread).Select(entry => entry[1] | entry[2] << 8));
        }
    }

    /// <summary>Calls hang until the result is set.</summary>
    private TaskCompletionSource Hold()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _observer.Answer = _ => gate.Task;
        return gate;
    }

    private void Tick(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _outbox.Tick();
        }
    }

    private async Task AdvanceUntilAsync(string what, Func<bool> condition) =>
        await Wait.UntilAsync(what, () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return condition();
        });

    private OutboxContext Context(Allowance limit) => new()
    {
        SiloId = "silo@1",
        Options = new DeliveryOptions { MaxOutboxBytes = 1024 * 1024 },
        Limit = limit,
        Local = new LocalLanes(),
        Time = _time,
        Metrics = new GrainMetrics(_services.GetRequiredService<IMeterFactory>()),
        Logger = NullLogger.Instance,
    };
}
