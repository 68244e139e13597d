using WsCluster.Configuration;
using WsCluster.Grains.History;
using static WsCluster.Tests.Cluster.History.StreamTest;

namespace WsCluster.Tests.Cluster.History;

/// <summary>Durable streams while Redis dies, hangs and comes back. Each test has a Redis of its own.</summary>
public sealed class RedisFaultTests : IAsyncLifetime
{
    // With everysec Redis puts off the write of its file while a sync is under way, so that a kill may cost what it had answered.
    private readonly RedisServer _server = new() { AppendFsync = "always" };
    private readonly RecordingOwner _owner = new();
    private readonly string _channel = NewChannel();
    private TestRedisStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _store = new TestRedisStore(_server, options =>
        {
            options.CallTimeout = TimeSpan.FromMilliseconds(300);
            options.MaxPendingCount = 3;
        });
        await _store.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public Task RedisKilled_AfterItsStart_NothingAcknowledgedIsMissing() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        var positions = new List<StreamPosition>();
        for (var i = 1; i <= 100; i++)
        {
            positions.Add(await stream.AppendAsync(Request($"{i}", $"k{i}")));
        }

        _server.Kill();
        await _server.StartAsync();
        var next = await Wait.ForAsync("an append", () => stream.AppendAsync(Request("101", "k101")).AsTask());

        Assert.Equal(positions[^1] with { Offset = 101 }, next);
        Assert.Equal(positions[4], await stream.AppendAsync(Request("5", "k5")));
        var page = await Open(new RecordingOwner()).ReadAfterAsync(0, -1);
        Assert.Equal(Enumerable.Range(2, 100).Select(i => $"{i}"), page.Texts()); // 100 are kept
        Assert.Equal(next, page.Top);
        Assert.Equal(Enumerable.Range(1, 101).Select(i => $"{i}"), _owner.Texts);
    });

    [Fact]
    public Task RedisKilled_Appends_AreRefusedAtOnceUntilItIsBack() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        await stream.AppendAsync(Request("1"));

        _server.Kill();
        await Wait.UntilAsync("the loss of the connection", () => _store.Link.IsAway);

        var refusal = RefusedAtOnce(() => stream.AppendAsync(Request("2")).AsTask());
        Assert.True(refusal.IsTemporary);
        Assert.Equal(StreamPosition.None, await stream.AppendAsync(Request("live") with { SkipHistory = true }));
        Assert.Equal(1UL, (await stream.GetTopAsync()).Offset);
        Assert.Equal(["1"], (await stream.ReadAfterAsync(0, -1)).Texts());

        await _server.StartAsync();
        await Wait.UntilAsync("the connection", () => !_store.Link.IsAway);
        Assert.Equal(2UL, (await stream.AppendAsync(Request("2"))).Offset);
        Assert.Equal(["1", "live", "2"], _owner.Texts);
    });

    [Fact]
    public Task RedisHangs_AndComesBackInTime_TheAppendIsRepeatedAndPublishedOnce() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        await stream.AppendAsync(Request("1"));

        _server.Pause();
        var append = stream.AppendAsync(Request("2")).AsTask();
        await Wait.UntilAsync("the first attempt's end", () => _store.Link.IsAway);
        _server.Resume();

        Assert.Equal(2UL, (await append).Offset);
        Assert.Equal(["1", "2"], _owner.Texts);
        Assert.Equal(["1", "2"], (await Open(new RecordingOwner()).ReadAfterAsync(0, -1)).Texts());
    });

    [Fact]
    public Task RedisHangs_LongerThanTheDeadline_WhatGotThroughIsDeliveredLater() => OnOneSchedulerAsync(async () =>
    {
        _store.Options.AppendDeadline = TimeSpan.FromMilliseconds(100);
        var stream = Open();
        await stream.AppendAsync(Request("1"));

        _server.Pause();
        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => stream.AppendAsync(Request("2")).AsTask());
        Assert.True(refusal.IsTemporary);
        RefusedAtOnce(() => stream.AppendAsync(Request("3")).AsTask());
        _server.Resume(); // Redis runs what waits in its sockets
        await Wait.UntilAsync("Redis's return", () => !_store.Link.IsAway);
        await stream.AppendAsync(Request("4"));

        // The outcome was unknown: "2" may be in the stream or not, but subscribers see what readers see.
        var page = await Open(new RecordingOwner()).ReadAfterAsync(0, -1);
        Assert.Equal(page.Texts(), _owner.Texts);
        Assert.Equal("4", page.Texts().Last());
        Assert.InRange(page.Publications.Count, 2, 3);
        Assert.Null(_owner.LostBecause);
    });

    [Fact]
    public Task RedisHangs_LongerThanTheDeadline_TheKeyOfWhatGotThroughIsFound() => OnOneSchedulerAsync(async () =>
    {
        _store.Options.AppendDeadline = TimeSpan.FromMilliseconds(100);
        var stream = Open();
        await stream.AppendAsync(Request("1", "k1"));
        Assert.NotNull(await stream.FindAsync("k1")); // from now on it knows the keys itself

        _server.Pause();
        await Assert.ThrowsAsync<WsClusterException>(() => stream.AppendAsync(Request("2", "k2")).AsTask());
        _server.Resume(); // Redis runs what waits in its sockets
        await Wait.UntilAsync("Redis's return", () => !_store.Link.IsAway);

        // The outcome was unknown: a behavior must not decide about the repeat as if it were another publication.
        var found = await stream.FindAsync("k2");
        var texts = (await Open(new RecordingOwner()).ReadAfterAsync(0, -1)).Texts();
        Assert.Equal(texts.Contains("2"), found is not null);
    });

    [Fact]
    public Task RedisHangs_MoreThanMayWait_IsRefused() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        await stream.AppendAsync(Request("1"));

        _server.Pause();
        Task<StreamPosition>[] waiting = [.. Enumerable.Range(2, 3).Select(i => stream.AppendAsync(Request($"{i}")).AsTask())];
        var refusal = RefusedAtOnce(() => stream.AppendAsync(Request("5")).AsTask());
        _server.Resume();

        Assert.Equal(ErrorCode.TooManyRequests, refusal.Code);
        Assert.Equal([2UL, 3UL, 4UL], (await Task.WhenAll(waiting)).Select(position => position.Offset));
        Assert.Equal(5UL, (await stream.AppendAsync(Request("5"))).Offset);
    });

    [Fact]
    public Task RedisKilledAgainAndAgain_AcknowledgedPublishesAreThereExactlyOnce() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open(size: 100_000);
        var acknowledged = new List<string>();
        var isOver = false;
        var publisher = PublishAsync();
        for (var round = 0; round < 5; round++)
        {
            var enough = acknowledged.Count + 50;
            await Wait.UntilAsync("fifty publishes", () => acknowledged.Count >= enough || publisher.IsCompleted || _owner.LostBecause is not null);
            Assert.Null(_owner.LostBecause);
            _server.Kill();
            await _server.StartAsync();
        }

        isOver = true;
        await publisher;

        var texts = (await Open(new RecordingOwner(), 100_000).ReadAfterAsync(0, -1)).Texts().ToList();
        Assert.Equal(acknowledged, texts.Where(acknowledged.ToHashSet().Contains)); // each once, in order
        Assert.Equal(texts, _owner.Texts);

        async Task PublishAsync()
        {
            for (var i = 0; !isOver; i++)
            {
                try
                {
                    await stream.AppendAsync(Request($"{i}"));
                    acknowledged.Add($"{i}");
                }
                catch (WsClusterException e) when (e.IsTemporary)
                {
                    await Task.Delay(1);
                }
            }

            // What is still in doubt is settled by the next append.
            await Wait.ForAsync("the last append", () => stream.AppendAsync(Request("last", "last")).AsTask());
            acknowledged.Add("last");
        }
    });

    /// <summary>Without a wait: the exception comes out of the call itself, not out of its task.</summary>
    private static WsClusterException RefusedAtOnce(Func<Task<StreamPosition>> append)
    {
        try
        {
            _ = append();
        }
        catch (WsClusterException e)
        {
            return e;
        }

        throw new InvalidOperationException("The append was not refused at once.");
    }

    private IChannelStream Open(RecordingOwner? owner = null, int size = 100) =>
        _store.Store.Open(_channel, WithHistory(ChannelDurability.Redis, size), owner ?? _owner);
}
