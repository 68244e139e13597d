using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Behaviors;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Unit.Behaviors;

/// <summary>
/// A durable stream answers late, in groups, and sometimes not at all, or says afterwards that it did. Whatever it does: what was accepted was
/// decided on the state that the stream makes, so bids in the stream rise from one reset to the next.
/// </summary>
public sealed class OptimisticStateTests : IDisposable
{
    private static readonly ChannelOptions Channel = new() { Behavior = true, HistorySize = 10_000, HistoryTtl = TimeSpan.FromHours(1) };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Publish_OverAStreamThatFails_KeepsTheRuleInTheStream()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            await RunAsync(seed);
        }
    }

    [Fact]
    public Task Publish_WhileAnEarlierOneFails_IsDecidedWithoutIt() => Task.Factory.StartNew(async () =>
    {
        var (stream, late) = Open([], new Random(1));
        await stream.GetTopAsync();
        var failing = stream.AppendAsync(Request(100, null)).AsTask();
        await Task.Yield();
        var looking = new TaskCompletionSource();
        late.Looking = looking.Task; // whether the key is known
        var waiting = stream.AppendAsync(Request(50, "key")).AsTask(); // too low, if the first one counts
        late.Answer(count: 1, fate: 0);
        looking.SetResult();
        await Assert.ThrowsAsync<WsClusterException>(() => failing);
        while (!waiting.IsCompleted)
        {
            late.Answer(count: 1, fate: 9);
            await Task.Yield();
        }

        Assert.Equal(1UL, (await waiting).Offset);
        Assert.Equal([50], late.Stored.Select(AmountOf));
    }, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    private (BehavingStream Stream, LateStream Late) Open(List<Publication> delivered, Random random)
    {
        LateStream late = null!;
        var stream = new BehavingStream(
            "auction:1",
            Channel,
            new AuctionRoom(),
            new Owner(delivered),
            owner => late = new LateStream(owner, random),
            (_, _, _) => new Never(),
            () => Assert.Fail("nothing hangs here"),
            new BehaviorContext(new BehaviorOptions { SnapshotEvery = 7 }, TimeProvider.System, new GrainMetrics(_services.GetRequiredService<IMeterFactory>()), NullLogger.Instance));
        return (stream, late);
    }

    private static PublishRequest Request(int amount, string? key) => new()
    {
        Data = JsonSerializer.SerializeToUtf8Bytes(new Bid { Amount = amount, Text = amount == 0 ? "reset" : "" }, JsonSerializerOptions.Web),
        IdempotencyKey = key,
    };

    private async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var delivered = new List<Publication>();
        var (stream, late) = Open(delivered, random);

        // One scheduler, as in an activation: the stream's answers and the publishers take turns.
        var turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var accepted = new List<(ulong Offset, int Amount)>();
        await Task.Factory.StartNew(async () =>
        {
            var publishing = new List<Task>();
            for (var i = 0; i < 60; i++)
            {
                publishing.Add(BidAsync(random.Next(5) == 0 ? 0 : random.Next(1, 100 + (i * 10)), random.Next(3) == 0 ? $"key-{random.Next(20)}" : null));
                if (random.Next(3) == 0)
                {
                    await Task.Yield();
                    late.Answer();
                }
            }

            while (publishing.Any(task => !task.IsCompleted))
            {
                late.Answer();
                await Task.Yield();
            }

            await Task.WhenAll(publishing);
            await late.SettleAsync();
        }, CancellationToken.None, TaskCreationOptions.None, turns).Unwrap();

        var amounts = late.Stored.Select(AmountOf).ToList(); // 0 is a reset
        Assert.True(amounts.Zip(amounts.Skip(1)).All(pair => pair.Second == 0 || pair.First < pair.Second), $"seed {seed}: {string.Join(' ', amounts)}");
        Assert.All(accepted, bid => Assert.Equal(bid.Amount, AmountOf(late.Stored[(int)bid.Offset - 1])));
        Assert.Equal(late.Stored.Select(p => p.Offset), delivered.Select(p => p.Offset));

        async Task BidAsync(int amount, string? key)
        {
            try
            {
                var position = await stream.AppendAsync(Request(amount, key));
                if (key is null)
                {
                    accepted.Add((position.Offset, amount));
                }
            }
            catch (WsClusterException)
            {
                // refused, or its outcome is unknown
            }
        }
    }

    private static int AmountOf(Publication publication) => JsonSerializer.Deserialize<Bid>(publication.Data, JsonSerializerOptions.Web)!.Amount;

    /// <summary>Appends wait for <see cref="Answer"/>, which writes a group, or fails it: with or without having written it.</summary>
    private sealed class LateStream(IStreamOwner owner, Random random) : IChannelStream, ISnapshotStream
    {
        private readonly List<(PublishRequest Request, TaskCompletionSource<StreamPosition> Answer)> _waiting = [];
        private readonly Dictionary<string, StreamPosition> _keys = [];
        private int _delivered;
        private StreamSnapshot? _snapshot;

        public List<Publication> Stored { get; } = [];

        public ValueTask<StreamPosition> AppendAsync(PublishRequest request)
        {
            var answer = new TaskCompletionSource<StreamPosition>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((request, answer));
            return new ValueTask<StreamPosition>(answer.Task);
        }

        /// <summary>Ends before somebody learns whether a key is known.</summary>
        public Task Looking { get; set; } = Task.CompletedTask;

        public void Answer() => Answer(random.Next(1, 6), random.Next(10));

        public void Answer(int count, int fate)
        {
            var group = _waiting.Take(count).ToList();
            if (group.Count == 0)
            {
                return;
            }

            _waiting.RemoveRange(0, group.Count);
            var positions = fate == 0 ? [] : group.ConvertAll(one => Store(one.Request)); // 0: never arrives; 1: arrives, but its answer does not
            if (fate <= 1)
            {
                var behind = owner.AppendsFailed() ? _waiting.ToList() : [];
                _waiting.RemoveRange(0, behind.Count);
                foreach (var (_, answer) in group.Concat(behind))
                {
                    answer.SetException(new WsClusterException(ErrorCode.Internal));
                }

                return;
            }

            DeliverRest();
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Answer.SetResult(positions[i]);
            }
        }

        public async ValueTask<StreamPosition?> FindAsync(string idempotencyKey)
        {
            if (random.Next(2) == 0)
            {
                await Task.Yield(); // an append may fail meanwhile
            }

            await Looking;
            return _keys.TryGetValue(idempotencyKey, out var position) ? position : null;
        }

        public ValueTask SettleAsync()
        {
            DeliverRest();
            return ValueTask.CompletedTask;
        }

        public ValueTask<StreamPosition> GetTopAsync() => ValueTask.FromResult(new StreamPosition((ulong)_delivered, "e"));

        public ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit) => ValueTask.FromResult(new HistoryPage
        {
            Publications = [.. Stored.Take(_delivered).Skip((int)after).Take(limit)],
            Top = new StreamPosition((ulong)_delivered, "e"),
        });

        public ValueTask<StreamSnapshot?> ReadSnapshotAsync() => ValueTask.FromResult(_snapshot);

        public ValueTask WriteSnapshotAsync(StreamSnapshot snapshot)
        {
            Assert.InRange(snapshot.Offset, 0UL, (ulong)Stored.Count);
            _snapshot = snapshot;
            return ValueTask.CompletedTask;
        }

        public ValueTask<Publication?> GetLatestAsync() => throw new NotSupportedException();

        public ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit) => throw new NotSupportedException();

        public ValueTask RemoveAsync() => throw new NotSupportedException();

        public DateTimeOffset? Trim() => null;

        public void Close()
        {
        }

        public DateTimeOffset KeepUntil() => DateTimeOffset.MaxValue;

        private StreamPosition Store(PublishRequest request)
        {
            if (request.IdempotencyKey is { } key && _keys.TryGetValue(key, out var earlier))
            {
                return earlier;
            }

            Stored.Add(request.ToPublication((ulong)Stored.Count + 1, Channel));
            var position = new StreamPosition((ulong)Stored.Count, "e");
            if (request.IdempotencyKey is { } given)
            {
                _keys[given] = position;
            }

            return position;
        }

        private void DeliverRest()
        {
            while (_delivered < Stored.Count)
            {
                owner.Deliver("e", Stored[_delivered++]);
            }
        }
    }

    private sealed class Owner(List<Publication> delivered) : IStreamOwner
    {
        public void Deliver(string epoch, Publication publication) => delivered.Add(publication);

        public void LoseStream(string reason) => Assert.Fail(reason);
    }

    private sealed class Never : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
