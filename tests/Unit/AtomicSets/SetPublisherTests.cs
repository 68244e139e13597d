using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Grains.AtomicSets;
using WsCluster.Tests.AtomicSets;

namespace WsCluster.Tests.Unit.AtomicSets;

/// <summary>
/// Every step of a publish as the last one of its process, and every step of the one that goes on behind it, with other sets in
/// between and with processes that come back from a freeze when all is over.
/// </summary>
public sealed class SetPublisherTests
{
    /// <summary>Deciding, three channels and completing: a step before each and one behind.</summary>
    private const int Steps = 10;

    private static readonly string[] First = ["a:1", "b:1", "c:1"];
    private static readonly string[] Other = ["b:1", "c:1", "d:1"];
    private static readonly string[] Later = ["c:1", "b:1", "a:1", "d:1"];

    public static TheoryData<int, bool, bool> Stops
    {
        get
        {
            var stops = new TheoryData<int, bool, bool>();
            for (var step = 0; step < Steps; step++)
            {
                stops.Add(step, true, false);
                stops.Add(step, true, true);
                stops.Add(step, false, false);
                stops.Add(step, false, true);
            }

            return stops;
        }
    }

    [Theory, MemberData(nameof(Stops))]
    public async Task Publish_StoppedAtAnyStep_IsInAllChannelsOnceOrInNone(int stopAt, bool isRepeated, bool isFrozen)
    {
        for (var nextStopAt = -1; nextStopAt < Steps; nextStopAt++)
        {
            Assert.Equal([], await FindFaultsAsync(new SetWorld(), stopAt, nextStopAt, isRepeated, isFrozen));
        }
    }

    /// <summary>The rounds above can fail: without the channels' notes they do.</summary>
    [Fact]
    public async Task Publish_WithoutNotes_IsSeenToBeDoubled()
    {
        var faults = new List<string>();
        for (var stopAt = 0; stopAt < Steps; stopAt++)
        {
            faults.AddRange(await FindFaultsAsync(new SetWorld { KeepsNotes = false }, stopAt, -1, isRepeated: true, isFrozen: false));
        }

        Assert.Contains(faults, fault => fault.Contains("twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publish_BeforeTheDecision_LeavesNothing()
    {
        var world = new SetWorld();
        var process = new StoppableProcess(world, world, stopAt: 0);

        _ = PublisherOf(process).PublishAsync(Request("k", First));
        await process.Stopped;

        Assert.Equal(0, world.Pending);
        Assert.All(First, channel => Assert.Empty(world.ReadChannel(channel)));
    }

    [Fact]
    public async Task Publish_KeyOfOtherChannels_IsRefused()
    {
        var world = new SetWorld();
        var publisher = PublisherOf(new StoppableProcess(world, world));
        var first = await publisher.PublishAsync(Request("k", First));

        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => publisher.PublishAsync(Request("k", Other)));

        Assert.Equal(ErrorCode.BadRequest, refusal.Code);
        Assert.Equal(first.Positions, (await publisher.PublishAsync(Request("k", First))).Positions);
        Assert.Empty(world.ReadChannel("d:1"));
    }

    [Fact]
    public async Task Publish_ChannelAwayForTooLong_IsFinishedLater()
    {
        var world = new SetWorld();
        var away = new AwayChannels(world) { Away = "b:1" };
        var time = new FakeTimeProvider();
        var publisher = PublisherOf(new StoppableProcess(world, away), time);

        var publish = publisher.PublishAsync(Request("k", First));
        await PassTimeAsync(time, publish);

        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => publish);
        away.Away = "";
        foreach (var set in await world.ClaimAsync())
        {
            await publisher.FinishAsync(set);
        }

        Assert.True(refusal.IsTemporary);
        Assert.Equal(0, world.Pending);
        Assert.All(First, channel => Assert.Equal(["k"], world.ReadChannel(channel)));
    }

    [Fact]
    public async Task Publish_NamespaceGone_IsDroppedAfterAnHourOnly()
    {
        var time = new FakeTimeProvider();
        var world = new SetWorld { LastNumber = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000 };
        var away = new AwayChannels(world) { Away = "b:1", Failure = new WsClusterException(ErrorCode.UnknownChannel) };
        var publisher = PublisherOf(new StoppableProcess(world, away), time);

        var publish = publisher.PublishAsync(Request("k", First));
        await PassTimeAsync(time, publish);
        var pendingBefore = world.Pending;
        time.Advance(TimeSpan.FromHours(1));
        var outcome = await publisher.FinishAsync(Assert.Single(await world.ClaimAsync()));

        await Assert.ThrowsAsync<WsClusterException>(() => publish);
        Assert.Equal(1, pendingBefore);
        Assert.Equal(0, world.Pending);
        Assert.Equal([1UL, 0UL, 1UL], outcome.Positions.Select(position => position.Offset));
    }

    [Fact]
    public void Outcome_AsText_IsTheSame()
    {
        var outcome = SetOutcome.Of(Request("k", First).Publications, [new StreamPosition(7, "abc"), StreamPosition.None, new StreamPosition(ulong.MaxValue, "d")]);

        var read = SetOutcome.Parse(outcome.ToString());

        Assert.Equal(outcome.Channels, read.Channels);
        Assert.Equal(outcome.Positions, read.Positions);
    }

    private static async Task PassTimeAsync(FakeTimeProvider time, Task until)
    {
        for (var i = 0; !until.IsCompleted; i++)
        {
            Assert.True(i < 10_000, "the publish did not give up");
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<List<string>> FindFaultsAsync(SetWorld world, int stopAt, int nextStopAt, bool isRepeated, bool isFrozen)
    {
        var first = new StoppableProcess(world, world, stopAt);
        var called = PublisherOf(first).PublishAsync(Request("first", First));
        await Task.WhenAny(called, first.Stopped);

        var healthy = PublisherOf(new StoppableProcess(world, world));
        await healthy.PublishAsync(Request("other", Other));

        var next = new StoppableProcess(world, world, nextStopAt);
        var goneOn = isRepeated ? RepeatAsync(next) : FinishAllAsync(next, next);
        await Task.WhenAny(goneOn, next.Stopped);

        // Whoever is left. A sweep alone must not bring forth what was never decided.
        await FinishAllAsync(new StoppableProcess(world, world), world);
        var decided = world.ReadChannel(First[0]).Count;
        var faults = First.Where(channel => world.ReadChannel(channel).Count(text => text == "first") != decided)
            .Select(channel => $"{channel} disagrees with {First[0]} before the repeat").ToList();
        var positions = (await healthy.PublishAsync(Request("first", First))).Positions;
        await healthy.PublishAsync(Request("later", Later));
        if (isFrozen)
        {
            first.Resume();
            next.Resume();
            await Task.WhenAll(called, goneOn);
            if (!(await called).Positions.SequenceEqual(positions))
            {
                faults.Add("the first call has other positions than its repeat");
            }
        }

        if (world.Pending > 0)
        {
            faults.Add($"{world.Pending} sets are pending");
        }

        faults.AddRange(Missing(world, "first", First, positions));
        faults.AddRange(Missing(world, "other", Other, null));
        faults.AddRange(Missing(world, "later", Later, null));
        return faults;

        static async Task RepeatAsync(StoppableProcess process) => await PublisherOf(process).PublishAsync(Request("first", First));
    }

    private static async Task FinishAllAsync(StoppableProcess process, ISetStore store)
    {
        var publisher = PublisherOf(process);
        foreach (var set in await store.ClaimAsync())
        {
            await publisher.FinishAsync(set);
        }
    }

    private static IEnumerable<string> Missing(SetWorld world, string set, string[] channels, StreamPosition[]? positions)
    {
        for (var i = 0; i < channels.Length; i++)
        {
            var publications = world.ReadChannel(channels[i]);
            var count = publications.Count(text => text == set);
            if (count != 1)
            {
                yield return $"{set} is in {channels[i]} {(count == 0 ? "not at all" : "twice")}";
            }
            else if (positions is not null && publications[(int)positions[i].Offset - 1] != set)
            {
                yield return $"{set} is not where its publisher was told in {channels[i]}";
            }
        }
    }

    private static AtomicPublishRequest Request(string key, string[] channels) => new()
    {
        IdempotencyKey = key,
        Publications = [.. channels.Select(channel => new ChannelPublication { Channel = channel, Request = new PublishRequest { Data = Encoding.UTF8.GetBytes(key) } })],
    };

    /// <summary>A process's publisher; its time stands still unless the test moves it.</summary>
    private static SetPublisher PublisherOf(StoppableProcess process, TimeProvider? time = null)
    {
        var namespaces = new ChannelNamespaces();
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            namespaces.Namespaces[name] = new ChannelOptions { HistorySize = 100, HistoryTtl = TimeSpan.FromHours(1), Durability = ChannelDurability.Redis };
        }

        var options = Options.Create(new AtomicPublishOptions());
        return new SetPublisher(
            process, process, new AtomicSetRules(Options.Create(namespaces), options), options, time ?? new FakeTimeProvider(), TestMetrics.Grains(), NullLogger<SetPublisher>.Instance);
    }

    private sealed class AwayChannels(ISetChannels channels) : ISetChannels
    {
        public string Away { get; set; } = "";

        public Exception Failure { get; init; } = new TimeoutException();

        public Task<StreamPosition> PublishAsync(string channel, PublishRequest request) =>
            channel == Away ? Task.FromException<StreamPosition>(Failure) : channels.PublishAsync(channel, request);
    }
}
