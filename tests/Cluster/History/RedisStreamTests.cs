using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.History;
using WsCluster.Grains.History.Redis;
using static WsCluster.Tests.Cluster.History.StreamTest;

namespace WsCluster.Tests.Cluster.History;

/// <summary>What durable streams promise beyond the contract: one owner, one place for each publication, bounds in Redis.</summary>
public sealed class RedisStreamTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly TestRedisStore _store = new(server);
    private readonly string _channel = NewChannel();
    private readonly RecordingOwner _first = new();
    private readonly RecordingOwner _second = new();

    private StreamKeys Keys => new(_store.Cluster.ClusterId, _channel);

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task Append_OfAStaleOwner_FailsAndWritesNothing() => OnOneSchedulerAsync(async () =>
    {
        var stale = Open(_first);
        await stale.AppendAsync(Request("a"));
        var owner = Open(_second);
        await owner.AppendAsync(Request("b"));

        var refusal = await RefusedAsync(() => stale.AppendAsync(Request("stale")));
        var again = await RefusedAsync(() => stale.AppendAsync(Request("stale")));

        Assert.All([refusal, again], error => Assert.True(error.IsTemporary));
        Assert.NotNull(_first.LostBecause);
        Assert.Null(_second.LostBecause);
        Assert.Equal(["a"], _first.Texts);
        Assert.Equal(2, await server.Database.StreamLengthAsync(Keys.Stream));
        Assert.Equal(3UL, (await owner.AppendAsync(Request("c"))).Offset);
        Assert.Equal(["a", "b", "c"], (await owner.ReadAfterAsync(0, -1)).Texts());
    });

    [Fact]
    public Task Remove_OfAStaleOwner_Fails() => OnOneSchedulerAsync(async () =>
    {
        var stale = Open(_first);
        await stale.AppendAsync(Request("a"));
        await Open(_second).GetTopAsync();

        await Assert.ThrowsAsync<WsClusterException>(() => stale.RemoveAsync().AsTask());

        Assert.Equal(1, await server.Database.StreamLengthAsync(Keys.Stream));
    });

    [Fact]
    public Task Append_ByTheNextOwner_GoesOnInTheSameEpochAndKnowsTheKeys() => OnOneSchedulerAsync(async () =>
    {
        var before = Open(_first);
        await before.AppendAsync(Request("a"));
        var keyed = await before.AppendAsync(Request("b", "k") with { Version = 7 });

        var after = Open(_second);

        Assert.Equal(keyed, await after.AppendAsync(Request("b", "k")));
        Assert.Equal(keyed, await after.AppendAsync(Request("old") with { Version = 7 }));
        Assert.Equal(keyed with { Offset = 3 }, await after.AppendAsync(Request("c")));
        Assert.Equal(["c"], _second.Texts);
        Assert.Equal(["a", "b", "c"], (await after.ReadAfterAsync(0, -1)).Texts());
    });

    [Fact]
    public Task Call_RepeatedWithItsNumber_HasNoFurtherEffect() => OnOneSchedulerAsync(async () =>
    {
        var calls = Calls(WithHistory(ChannelDurability.Redis));
        var ownership = await calls.OpenAsync(StreamPosition.None);
        PendingAppend[] group = [Pending("a"), Pending("b", "k"), Pending("c", "k")];

        var first = await calls.AppendAsync(ownership, 1, group);
        var repeated = await calls.AppendAsync(ownership, 1, group);

        Assert.Equal("1,2,d2", first);
        Assert.Equal(first, repeated);
        Assert.Equal(2, await server.Database.StreamLengthAsync(Keys.Stream));

        // An attempt may even arrive after the call that came next.
        ownership = ownership with { Position = ownership.Position with { Offset = 2 } };
        Assert.Equal("=3", await calls.AppendAsync(ownership, 2, [Pending("d")]));
        await Assert.ThrowsAsync<StreamLostException>(() => calls.AppendAsync(ownership with { Position = ownership.Position with { Offset = 0 } }, 1, group));
        Assert.Equal(3, await server.Database.StreamLengthAsync(Keys.Stream));
    });

    [Fact]
    public Task Append_LeavesExactSizesAndTimes() => OnOneSchedulerAsync(async () =>
    {
        var options = WithHistory(ChannelDurability.Redis, size: 10);
        options.HistoryMetaTtl = TimeSpan.FromHours(1);
        var stream = _store.Store.Open(_channel, options, _first);
        await Task.WhenAll(Enumerable.Range(1, 25).Select(i => stream.AppendAsync(Request($"{i}", $"k{i}")).AsTask()));

        Assert.Equal(10, await server.Database.StreamLengthAsync(Keys.Stream));
        Assert.Equal(25, await server.Database.HashLengthAsync(Keys.All[2]));
        Assert.Equal(25, await server.Database.ListLengthAsync(Keys.All[3]));
        await AssertLivesAsync(Keys.Stream, options.HistoryTtl);
        await AssertLivesAsync(Keys.Meta, options.HistoryMetaTtl);
        await AssertLivesAsync(Keys.All[2], IdempotencyWindow.Lifetime);
        await AssertLivesAsync(Keys.All[3], IdempotencyWindow.Lifetime);
    });

    [Theory]
    [InlineData(0, 720 * 60)]
    [InlineData(60, 60)]
    [InlineData(1, 5)]
    public Task Meta_LivesForItsTimeButNotShorterThanWhatDependsOnIt(int minutes, int expected) => OnOneSchedulerAsync(async () =>
    {
        var options = WithHistory(ChannelDurability.Redis);
        options.HistoryMetaTtl = TimeSpan.FromMinutes(minutes);

        await _store.Store.Open(_channel, options, _first).GetTopAsync();

        await AssertLivesAsync(Keys.Meta, TimeSpan.FromMinutes(expected));
    });

    [Fact]
    public Task Append_AfterScriptFlush_GoesOn() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open(_first);
        await stream.AppendAsync(Request("a"));

        await server.ExecuteAsync("SCRIPT", "FLUSH");

        Assert.Equal(2UL, (await stream.AppendAsync(Request("b"))).Offset);
    });

    [Fact]
    public Task Append_MetadataGone_EndsTheActivationAndTheNextHasANewEpoch() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open(_first);
        var before = await stream.AppendAsync(Request("a"));
        await server.Database.KeyDeleteAsync(Keys.Meta);

        await RefusedAsync(() => stream.AppendAsync(Request("b")));

        Assert.NotNull(_first.LostBecause);
        var after = await Open(_second).AppendAsync(Request("c"));
        Assert.Equal(1UL, after.Offset);
        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.Equal(1, await server.Database.StreamLengthAsync(Keys.Stream));
    });

    [Fact]
    public Task Append_RedisCameBackWithLess_NeverGivesAnOffsetOutTwice() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open(_first);
        await stream.AppendAsync(Request("a"));
        var before = await stream.AppendAsync(Request("lost"));
        await server.Database.StreamTrimAsync(Keys.Stream, 0);
        await server.Database.HashSetAsync(Keys.Meta, "top", 1);

        await RefusedAsync(() => stream.AppendAsync(Request("b")));

        Assert.NotEqual(before.Epoch, (await Open(_second).AppendAsync(Request("b"))).Epoch);
    });

    [Fact]
    public Task Channels_WithBracesAndPercents_DoNotMix() => OnOneSchedulerAsync(async () =>
    {
        string[] names = [_channel, $"{_channel}}}:x", $"{_channel}%7D:x", $"{_channel}{{y}}", $"{_channel}:meta"];
        foreach (var name in names)
        {
            await _store.Store.Open(name, WithHistory(ChannelDurability.Redis), _first).AppendAsync(Request(name));
        }

        foreach (var name in names)
        {
            Assert.Equal([name], (await _store.Store.Open(name, WithHistory(ChannelDurability.Redis), _second).ReadAfterAsync(0, -1)).Texts());
            Assert.Single(new StreamKeys("test", name).All.Select(key => _store.Link.Connection.HashSlot(key)).Distinct());
        }
    });

    private IChannelStream Open(RecordingOwner owner) => _store.Store.Open(_channel, WithHistory(ChannelDurability.Redis), owner);

    private StreamCalls Calls(ChannelOptions options) => new(_store.Link, Keys, options);

    private async Task AssertLivesAsync(RedisKey key, TimeSpan span)
    {
        var left = (await server.Database.KeyTimeToLiveAsync(key))!.Value;
        Assert.InRange(left, span - Wait.Limit, span);
    }

    private static PendingAppend Pending(string text, string? key = null) => new(Request(text, key), 1);

    private static Task<WsClusterException> RefusedAsync(Func<ValueTask<StreamPosition>> append) =>
        Assert.ThrowsAsync<WsClusterException>(() => append().AsTask());
}
