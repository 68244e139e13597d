using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.AtomicSets;
using WsCluster.Tests.AtomicSets;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster.AtomicSets;

/// <summary>Atomic publishes on two silos and a real Redis, both of the test's own.</summary>
public sealed class AtomicPublishTests : IAsyncLifetime
{
    private const int Steps = 10; // deciding, three channels, completing: before and behind each

    private readonly SiloCluster _cluster = new() { Redis = new RedisServer { AppendFsync = "always" } }; // it is killed
    private TestRedisStore _publisher = null!; // the share of a silo that is a part of the test

    private RedisServer Redis => _cluster.Redis!;

    public async ValueTask InitializeAsync()
    {
        _cluster.MoreSettings["WsCluster:AtomicPublish:SweepInterval"] = "00:00:01";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:durable:HistorySize"] = "1000";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:durable:HistoryTtl"] = "00:05:00";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:durable:Durability"] = "Redis";
        await _cluster.InitializeAsync();

        _publisher = new TestRedisStore(Redis);
        _publisher.Cluster.ClusterId = "wscluster";
        await _publisher.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_publisher is not null)
        {
            await _publisher.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Publish_IsDeliveredInEachChannelAndRepeatsHarmlessly()
    {
        var gateway = _cluster.AddGateway();
        var request = Request("k", NewChannels());
        foreach (var publication in request.Publications)
        {
            await gateway.SubscribeAsync(publication.Channel);
        }

        var first = await PublishAsync(request);
        var repeated = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PublishAsync(request)));

        Assert.All(first.Positions, position => Assert.Equal(1UL, position.Offset));
        Assert.All(repeated, result => Assert.Equal(first.Positions, result.Positions));
        foreach (var publication in request.Publications)
        {
            await Wait.UntilAsync("a delivery", () => gateway.Published(publication.Channel).Count > 0);
            Assert.Equal(["k"], gateway.Published(publication.Channel));
            Assert.Equal(["k"], await ReadAsync(publication.Channel));
        }
    }

    [Fact]
    public async Task Publish_OverlappingSetsAtTheSameTime_AreInEachOfTheirChannelsOnce()
    {
        var channels = NewChannels(6);
        var requests = Enumerable.Range(0, 60).Select(i => Request($"{i}", [channels[i % 6], channels[(i + 1) % 6], channels[(i + 3) % 6]])).ToList();

        var results = await Task.WhenAll(requests.Concat(requests).Select(PublishAsync));

        foreach (var channel in channels)
        {
            var texts = await ReadAsync(channel);
            Assert.Equal(
                requests.Where(request => request.Publications.Any(publication => publication.Channel == channel)).Select(request => request.IdempotencyKey!).Order(),
                texts.Order());
            for (var i = 0; i < requests.Count; i++)
            {
                Assert.Equal(results[i].Positions, results[i + requests.Count].Positions);
                var place = Array.FindIndex(requests[i].Publications, publication => publication.Channel == channel);
                Assert.True(place < 0 || texts[(int)results[i].Positions[place].Offset - 1] == $"{i}");
            }
        }
    }

    [Fact]
    public async Task PublisherThatStopsAtAnyStep_IsFinishedBySilosOrPublishedNothing()
    {
        var rounds = Enumerable.Range(0, Steps).Select(step => (Step: step, Request: Request($"step-{step}", NewChannels()))).ToList();
        var processes = await Task.WhenAll(rounds.Select(round => StopAsync(round.Request, round.Step)));

        // Step 0 was before the decision; all others end without anybody's repeat.
        await Wait.UntilAsync("the silos' sweep", async () => await PendingAsync() == 0);
        foreach (var (step, request) in rounds)
        {
            foreach (var publication in request.Publications)
            {
                Assert.Equal(step == 0 ? [] : new[] { request.IdempotencyKey! }, await ReadAsync(publication.Channel));
            }

            var repeated = await PublishAsync(request);
            Assert.All(repeated.Positions, position => Assert.Equal(1UL, position.Offset));
            foreach (var publication in request.Publications)
            {
                Assert.Equal([request.IdempotencyKey!], await ReadAsync(publication.Channel));
            }

            await PublishAsync(Request($"later-{step}", [.. request.Publications.Select(publication => publication.Channel)]));
        }

        // They were frozen only, and go on with what they were about to do, long after everybody else is done with it.
        foreach (var process in processes)
        {
            process.Resume();
        }

        await Wait.UntilAsync("the end of what was under way", () => processes.All(process => process.UnderWay == 0));
        foreach (var (step, request) in rounds)
        {
            foreach (var publication in request.Publications)
            {
                Assert.Equal([request.IdempotencyKey!, $"later-{step}"], await ReadAsync(publication.Channel));
            }
        }
    }

    [Fact]
    public async Task SiloKilledWhileSetsAreUnderWay_AllOrNoneAndOnce()
    {
        var channels = NewChannels(8);
        await Task.WhenAll(channels.Select(channel => _cluster.Client.GetGrain<IChannelGrain>(channel).GetPresenceStatsAsync().ContinueWith(_ => { }, TaskScheduler.Default)));
        var requests = Enumerable.Range(0, 100).Select(i => Request($"{i}", [channels[i % 8], channels[(i + 3) % 8], channels[(i + 5) % 8]])).ToList();
        var publishing = requests.Select(request => PublishUntilAnsweredAsync(request)).ToList();
        await Task.WhenAny(publishing);

        await _cluster.Cluster.KillSiloAsync(_cluster.Cluster.Silos[1], TestContext.Current.CancellationToken);

        var results = await Task.WhenAll(publishing);
        await Wait.UntilAsync("all sets", async () => await PendingAsync() == 0);
        foreach (var channel in channels)
        {
            var texts = await ReadAsync(channel);
            Assert.Equal(
                requests.Where(request => request.Publications.Any(publication => publication.Channel == channel)).Select(request => request.IdempotencyKey!).Order(),
                texts.Order());
            for (var i = 0; i < requests.Count; i++)
            {
                var place = Array.FindIndex(requests[i].Publications, publication => publication.Channel == channel);
                Assert.True(place < 0 || texts[(int)results[i].Positions[place].Offset - 1] == $"{i}");
            }
        }
    }

    [Fact]
    public async Task RedisAway_BeforeTheDecisionNothing_AfterItAll()
    {
        var decided = Request("decided", NewChannels());
        var refused = Request("refused", NewChannels());
        await StopAsync(decided, 3); // the first channel has it

        Redis.Kill();
        var refusal = await Wait.ForAsync("a refusal", () => RefusalOfAsync(refused));
        await Redis.StartAsync();

        Assert.True(refusal.IsTemporary);
        await Wait.UntilAsync("the silos' sweep", async () => await PendingAsync() == 0);
        foreach (var publication in decided.Publications)
        {
            Assert.Equal(["decided"], await ReadAsync(publication.Channel));
        }

        foreach (var publication in refused.Publications)
        {
            Assert.Empty(await ReadAsync(publication.Channel));
        }

        var later = await PublishUntilAnsweredAsync(refused);
        Assert.All(later.Positions, position => Assert.Equal(1UL, position.Offset));
    }

    /// <summary>Publishes as a process that stops at a step.</summary>
    private async Task<StoppableProcess> StopAsync(AtomicPublishRequest request, int step)
    {
        var options = Options.Create(new AtomicPublishOptions());
        var namespaces = new ChannelNamespaces();
        namespaces.Namespaces["durable"] = StreamTest.WithHistory(ChannelDurability.Redis);
        var process = new StoppableProcess(TestSets.Store(_publisher, options.Value), new GrainSetChannels(_cluster.Client), step);
        var publisher = new SetPublisher(
            process, process, new AtomicSetRules(Options.Create(namespaces), new InboxOptions(), options), options, TimeProvider.System, StreamTest.Metrics, NullLogger<SetPublisher>.Instance);
        var publishing = publisher.PublishAsync(request);
        await await Task.WhenAny(publishing, process.Stopped);
        Assert.True(process.Stopped.IsCompleted, $"step {step} was not reached");
        return process;
    }

    private Task<AtomicPublishResult> PublishAsync(AtomicPublishRequest request) =>
        _cluster.Client.GetGrain<IAtomicPublishGrain>($"{Random.Shared.Next(16)}").PublishAsync(request);

    /// <summary>As every client: what a dead silo leaves without an answer is asked again elsewhere.</summary>
    private Task<AtomicPublishResult> PublishUntilAnsweredAsync(AtomicPublishRequest request) =>
        Wait.ForAsync("an atomic publish", () => PublishAsync(request).WaitAsync(TimeSpan.FromSeconds(2)));

    private async Task<WsClusterException> RefusalOfAsync(AtomicPublishRequest request)
    {
        try
        {
            await PublishAsync(request);
        }
        catch (WsClusterException e)
        {
            return e;
        }

        throw new InvalidOperationException("It was published.");
    }

    private async Task<IReadOnlyList<string>> ReadAsync(string channel)
    {
        var page = await Wait.ForAsync("a history", () => _cluster.Client.GetGrain<IChannelGrain>(channel).GetHistoryAsync(new HistoryQuery { Limit = -1 }));
        return [.. page.Texts()];
    }

    private async Task<long> PendingAsync() => await Redis.Database.SortedSetLengthAsync("wscluster:{wscluster}:sets:pending");

    private static string[] NewChannels(int count = 3) => [.. Enumerable.Range(0, count).Select(_ => $"durable:{Guid.NewGuid():N}")];

    private static AtomicPublishRequest Request(string key, string[] channels) => new()
    {
        IdempotencyKey = key,
        Publications = [.. channels.Select(channel => new ChannelPublication { Channel = channel, Request = new PublishRequest { Data = Encoding.UTF8.GetBytes(key) } })],
    };
}
