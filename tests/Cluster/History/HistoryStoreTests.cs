using WsCluster.Configuration;
using WsCluster.Grains.History;
using static WsCluster.Tests.Cluster.History.StreamTest;

namespace WsCluster.Tests.Cluster.History;

/// <summary>What every history store does. A new store adds one subclass and inherits the lot.</summary>
public abstract class HistoryStoreTests
{
    private readonly RecordingOwner _owner = new();
    private readonly string _channel = NewChannel();

    private protected abstract IHistoryStore Store { get; }

    private protected abstract ChannelDurability Durability { get; }

    [Fact]
    public Task Append_CountsOffsetsUpFromOneWithinAnEpoch() => OnStreamAsync(async stream =>
    {
        var first = await stream.AppendAsync(Request("a"));
        var second = await stream.AppendAsync(Request("b"));

        Assert.Equal((1UL, 2UL), (first.Offset, second.Offset));
        Assert.NotEmpty(first.Epoch);
        Assert.Equal(second, await stream.GetTopAsync());
        Assert.Equal(["a", "b"], _owner.Texts);
        Assert.Equal([first.Epoch], _owner.Epochs);
        Assert.Equal([1UL, 2UL], _owner.Delivered.Select(publication => publication.Offset));
    });

    [Fact]
    public Task Append_WithEverything_IsReadBackWhole() => OnStreamAsync(async stream =>
    {
        byte[] data = [0, 255, .. "é"u8];
        var info = new ClientInfo { User = "u", Client = "c", ConnInfo = [1], ChanInfo = [] };
        await stream.AppendAsync(new PublishRequest { Data = data, Info = info, Tags = new() { ["k"] = "v", [""] = "ü" }, Delta = true });
        await stream.AppendAsync(new PublishRequest { Data = [], Info = new ClientInfo { User = "", Client = "c" } });

        var (first, second) = (await ReadBackAsync(0), await ReadBackAsync(1));

        Assert.Equal(data, first.Data);
        Assert.Equal(("u", "c", 1), (first.Info!.User, first.Info.Client, first.Info.ConnInfo!.Length));
        Assert.Empty(first.Info.ChanInfo!);
        Assert.Equal(new Dictionary<string, string> { ["k"] = "v", [""] = "ü" }, first.Tags);
        Assert.True(first.Delta);
        Assert.Empty(second.Data);
        Assert.Null(second.Info!.ConnInfo);
        Assert.Null(second.Tags);
        Assert.False(second.Delta);

        async Task<Publication> ReadBackAsync(ulong after) => (await stream.ReadAfterAsync(after, 1)).Publications.Single();
    });

    [Fact]
    public Task Append_SkippingHistory_TakesNoOffset() => OnStreamAsync(async stream =>
    {
        await stream.AppendAsync(Request("a"));

        Assert.Equal(StreamPosition.None, await stream.AppendAsync(Request("live") with { SkipHistory = true }));
        Assert.Equal(StreamPosition.None, await stream.AppendAsync(Request("keyed", "k") with { SkipHistory = true }));
        Assert.Equal(StreamPosition.None, await stream.AppendAsync(Request("again", "k") with { SkipHistory = true }));

        Assert.Equal(2UL, (await stream.AppendAsync(Request("b"))).Offset);
        Assert.Equal(["a", "live", "keyed", "b"], _owner.Texts);
        Assert.Equal([1UL, 0UL, 0UL, 2UL], _owner.Delivered.Select(publication => publication.Offset));
    });

    [Fact]
    public Task Append_SameKeyAgain_ReturnsTheFirstPositionAndPublishesNothing() => OnStreamAsync(async stream =>
    {
        var first = await stream.AppendAsync(Request("a", "k"));
        await stream.AppendAsync(Request("b"));

        Assert.Equal(first, await stream.AppendAsync(Request("c", "k")));
        Assert.Equal(["a", "b"], _owner.Texts);
        Assert.Equal(2UL, (await stream.GetTopAsync()).Offset);
    });

    [Fact]
    public Task Append_SameKeyTwiceAtOnce_PublishesOnce() => OnStreamAsync(async stream =>
    {
        var both = await Task.WhenAll(stream.AppendAsync(Request("a", "k")).AsTask(), stream.AppendAsync(Request("b", "k")).AsTask());

        Assert.Equal(both[0], both[1]);
        Assert.Equal(["a"], _owner.Texts);
    });

    [Fact]
    public Task Append_MoreKeysThanTheWindowHas_ForgetsTheOldest() => OnStreamAsync(async stream =>
    {
        for (var i = 0; i <= IdempotencyWindow.Capacity; i += 1000)
        {
            await Task.WhenAll(Enumerable.Range(i, 1000).Select(number => stream.AppendAsync(Request(key: $"{number}")).AsTask()));
        }

        var top = await stream.GetTopAsync();

        Assert.Equal(1001UL, (await stream.AppendAsync(Request(key: "1000"))).Offset);
        Assert.Equal(top.Offset + 1, (await stream.AppendAsync(Request(key: "0"))).Offset);
    });

    [Theory]
    [InlineData(5, "", 5, "", false)]
    [InlineData(5, "", 4, "", false)]
    [InlineData(5, "", 6, "", true)]
    [InlineData(9, "", 10, "", true)]
    [InlineData(5, "", 0, "", true)]
    [InlineData(5, "a", 5, "a", false)]
    [InlineData(5, "a", 5, "", false)]
    [InlineData(5, "a", 5, "b", true)]
    [InlineData(5, "a", 1, "b", true)]
    [InlineData(ulong.MaxValue - 1, "", ulong.MaxValue, "", true)]
    [InlineData(ulong.MaxValue, "", ulong.MaxValue - 1, "", false)]
    public Task Append_Versions_PublishOnlyNewerOnes(ulong first, string firstEpoch, ulong second, string secondEpoch, bool published) => OnStreamAsync(async stream =>
    {
        await stream.AppendAsync(Request("a") with { Version = first, VersionEpoch = firstEpoch });

        var position = await stream.AppendAsync(Request("b") with { Version = second, VersionEpoch = secondEpoch });

        Assert.Equal(published ? 2UL : 1UL, position.Offset);
        Assert.NotEmpty(position.Epoch);
        Assert.Equal(published ? ["a", "b"] : ["a"], _owner.Texts);
    });

    [Fact]
    public Task Append_NamespaceWithDeltaPublish_MarksEveryPublication() => OnStreamAsync(
        async stream =>
        {
            await stream.AppendAsync(Request());

            Assert.True(_owner.Delivered.Single().Delta);
            Assert.True((await stream.GetLatestAsync())!.Delta);
        },
        options => options.DeltaPublish = true);

    [Fact]
    public Task Append_ManyAtOnce_KeepsTheirOrderWithoutHoles() => OnStreamAsync(
        async stream =>
        {
            const int count = 5000;
            var positions = await Task.WhenAll(Enumerable.Range(1, count).Select(i => stream.AppendAsync(Request($"{i}")).AsTask()));

            Assert.Equal(Enumerable.Range(1, count).Select(i => (ulong)i), positions.Select(position => position.Offset));
            Assert.Equal(Enumerable.Range(1, count).Select(i => $"{i}"), _owner.Texts);
            var page = await stream.ReadAfterAsync(0, -1);
            Assert.Equal(Enumerable.Range(1, count).Select(i => $"{i}"), page.Texts());
            Assert.Equal(positions[^1], page.Top);
        },
        options => options.HistorySize = 5000);

    [Fact]
    public Task Append_BeyondTheSize_DropsTheOldest() => OnStreamAsync(
        async stream =>
        {
            for (var i = 1; i <= 7; i++)
            {
                await stream.AppendAsync(Request($"{i}"));
            }

            Assert.Equal(["5", "6", "7"], (await stream.ReadAfterAsync(0, -1)).Texts());
            Assert.Equal(["7", "6", "5"], (await stream.ReadBeforeAsync(null, -1)).Texts());
        },
        options => options.HistorySize = 3);

    [Fact]
    public Task Read_NewStream_HasAnEpochAndNothingElse() => OnStreamAsync(async stream =>
    {
        var page = await stream.ReadAfterAsync(0, -1);

        Assert.Empty(page.Publications);
        Assert.Equal(0UL, page.Top.Offset);
        Assert.NotEmpty(page.Top.Epoch);
        Assert.Null(await stream.GetLatestAsync());
        Assert.Equal(page.Top with { Offset = 1 }, await stream.AppendAsync(Request()));
    });

    [Theory]
    [InlineData(0UL, -1, new ulong[] { 1, 2, 3, 4, 5 })]
    [InlineData(0UL, 2, new ulong[] { 1, 2 })]
    [InlineData(2UL, 2, new ulong[] { 3, 4 })]
    [InlineData(4UL, 9, new ulong[] { 5 })]
    [InlineData(5UL, -1, new ulong[0])]
    [InlineData(ulong.MaxValue, -1, new ulong[0])]
    [InlineData(0UL, 0, new ulong[0])]
    public Task ReadAfter_Page_HasWhatFollows(ulong after, int limit, ulong[] expected) => OnStreamAsync(async stream =>
    {
        await AppendFiveAsync(stream);

        var page = await stream.ReadAfterAsync(after, limit);

        Assert.Equal(expected, page.Publications.Select(publication => publication.Offset));
        Assert.Equal(5UL, page.Top.Offset);
    });

    [Theory]
    [InlineData(null, -1, new ulong[] { 5, 4, 3, 2, 1 })]
    [InlineData(null, 2, new ulong[] { 5, 4 })]
    [InlineData(5UL, 2, new ulong[] { 4, 3 })]
    [InlineData(6UL, 1, new ulong[] { 5 })]
    [InlineData(ulong.MaxValue, 1, new ulong[] { 5 })]
    [InlineData(1UL, -1, new ulong[0])]
    [InlineData(null, 0, new ulong[0])]
    public Task ReadBefore_Page_HasWhatPrecedesNewestFirst(ulong? before, int limit, ulong[] expected) => OnStreamAsync(async stream =>
    {
        await AppendFiveAsync(stream);

        var page = await stream.ReadBeforeAsync(before, limit);

        Assert.Equal(expected, page.Publications.Select(publication => publication.Offset));
        Assert.Equal(5UL, page.Top.Offset);
    });

    [Fact]
    public Task GetLatest_IsTheNewest() => OnStreamAsync(async stream =>
    {
        await AppendFiveAsync(stream);

        Assert.Equal(5UL, (await stream.GetLatestAsync())!.Offset);
    });

    [Fact]
    public Task Remove_DropsPublicationsAndGoesOnCounting() => OnStreamAsync(async stream =>
    {
        await AppendFiveAsync(stream);
        var top = await stream.GetTopAsync();

        await stream.RemoveAsync();

        Assert.Empty((await stream.ReadAfterAsync(0, -1)).Publications);
        Assert.Null(await stream.GetLatestAsync());
        Assert.Equal(top, await stream.GetTopAsync());
        Assert.Equal(top with { Offset = 6 }, await stream.AppendAsync(Request("6")));
        Assert.Equal(["6"], (await stream.ReadAfterAsync(0, -1)).Texts());
    });

    [Fact]
    public Task History_WhoseTimeIsOver_IsGoneButItsPositionIsNot() => OnStreamAsync(
        async stream =>
        {
            var position = await stream.AppendAsync(Request());

            await Wait.UntilAsync("the end of the publication's time", async () => (await stream.ReadAfterAsync(0, -1)).Publications.Count == 0);

            Assert.Null(await stream.GetLatestAsync());
            Assert.Equal(position, await stream.GetTopAsync());
            Assert.Equal(position with { Offset = 2 }, await stream.AppendAsync(Request()));
        },
        options => options.HistoryTtl = TimeSpan.FromMilliseconds(50));

    private Task OnStreamAsync(Func<IChannelStream, Task> test, Action<ChannelOptions>? change = null) => OnOneSchedulerAsync(() =>
    {
        var options = WithHistory(Durability);
        change?.Invoke(options);
        return test(Store.Open(_channel, options, _owner));
    });

    private static async Task AppendFiveAsync(IChannelStream stream)
    {
        for (var i = 1; i <= 5; i++)
        {
            await stream.AppendAsync(Request($"{i}"));
        }
    }
}

public sealed class MemoryHistoryStoreTests : HistoryStoreTests
{
    private protected override IHistoryStore Store { get; } = new MemoryHistoryStore(TimeProvider.System, Metrics, Limits);

    private protected override ChannelDurability Durability => ChannelDurability.Memory;
}

/// <summary>The activation answers from memory where it can.</summary>
public sealed class RedisHistoryStoreTests(RedisServer server) : HistoryStoreTests, IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly TestRedisStore _store = new(server);

    private protected override IHistoryStore Store => _store.Store;

    private protected override ChannelDurability Durability => ChannelDurability.Redis;

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

/// <summary>Every read goes to Redis.</summary>
public sealed class RedisHistoryStoreWithoutTailTests(RedisServer server) : HistoryStoreTests, IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly TestRedisStore _store = new(server, options => options.TailBytes = 0);

    private protected override IHistoryStore Store => _store.Store;

    private protected override ChannelDurability Durability => ChannelDurability.Redis;

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
