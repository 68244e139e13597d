using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.AtomicSets;
using WsCluster.Grains.History;
using WsCluster.Grains.History.Redis;
using WsCluster.Tests.Cluster.History;
using static WsCluster.Tests.Cluster.History.StreamTest;

namespace WsCluster.Tests.Cluster.AtomicSets;

/// <summary>A durable stream has the publication of an atomic set once, however often and however late it is asked.</summary>
public sealed class AtomicAppendTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly TestRedisStore _store = new(server);
    private readonly string _channel = NewChannel();
    private readonly RecordingOwner _owner = new();

    private StreamKeys Keys => new(_store.Cluster.ClusterId, _channel);

    private RedisKey Notes => Keys.All[4];

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task Append_Repeated_GivesThePlaceAgain() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        await stream.AppendAsync(Request("a"));
        var first = await stream.AppendAsync(Part("b", 100, 100));
        await stream.AppendAsync(Request("c"));

        Assert.Equal(first, await stream.AppendAsync(Part("b", 100, 100)));
        Assert.Equal(2UL, first.Offset);
        Assert.Equal(["a", "b", "c"], _owner.Texts);
    });

    [Fact]
    public Task Append_RepeatedWhenNoKeyIsRemembered_GivesThePlaceAgain() => OnOneSchedulerAsync(async () =>
    {
        var first = await Open().AppendAsync(Part("a", 100, 100));
        await server.Database.KeyDeleteAsync([Keys.IdempotencyKeys, Keys.All[3]]);

        var next = Open();

        Assert.Equal(first, await next.AppendAsync(Part("a", 100, 100)));
        Assert.Equal(first with { Offset = 2 }, await next.AppendAsync(Request("b")));
    });

    [Fact]
    public Task Append_SeveralInOneGroup_HaveTheirOwnPlaces() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        var appends = new[] { Part("a", 100, 100), Request("b", "k"), Part("c", 101, 100), Part("a", 100, 100), Request("b", "k"), Request("d") }
            .Select(request => stream.AppendAsync(request).AsTask()).ToList();

        var positions = await Task.WhenAll(appends);

        Assert.Equal([1UL, 2UL, 3UL, 1UL, 2UL, 4UL], positions.Select(position => position.Offset));
        Assert.Equal(["a", "b", "c", "d"], _owner.Texts);
    });

    [Fact]
    public Task Append_LaterThanItsSetsEnd_PublishesNothing() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        await stream.AppendAsync(Part("a", 100, 100));
        await stream.AppendAsync(Part("b", 101, 100));
        await stream.AppendAsync(Part("c", 102, 102)); // 100 and 101 are complete

        var late = await stream.AppendAsync(Part("a", 100, 100));

        Assert.True(late.IsNone);
        Assert.Equal(["a", "b", "c"], _owner.Texts);
        Assert.Equal([102D, 102D], (await server.Database.SortedSetRangeByScoreWithScoresAsync(Notes)).Select(note => note.Score)); // the last one's, and where they begin
    });

    [Fact]
    public Task Append_BehindAnIncompleteSet_KeepsItsNote() => OnOneSchedulerAsync(async () =>
    {
        var stream = Open();
        var positions = new List<StreamPosition>();
        for (var i = 100; i < 120; i++)
        {
            positions.Add(await stream.AppendAsync(Part($"{i}", i, 100)));
        }

        for (var i = 100; i < 120; i++)
        {
            Assert.Equal(positions[i - 100], await stream.AppendAsync(Part($"{i}", i, 100)));
        }

        Assert.Equal(20, _owner.Delivered.Count);
    });

    [Fact]
    public Task Append_RepeatedInTheNextEpoch_PublishesNothing() => OnOneSchedulerAsync(async () =>
    {
        await Open().AppendAsync(Part("a", 100, 100));
        await server.Database.KeyDeleteAsync([Keys.Meta, Keys.Stream]); // as when offset and epoch expire

        var next = Open();
        var repeated = await next.AppendAsync(Part("a", 100, 100));

        Assert.True(repeated.IsNone);
        Assert.Equal(1UL, (await next.AppendAsync(Part("b", 101, 100))).Offset);
        Assert.Equal(["a", "b"], _owner.Texts);
    });

    private IChannelStream Open() => _store.Store.Open(_channel, WithHistory(ChannelDurability.Redis), _owner);

    private static PublishRequest Part(string text, long number, long oldest)
    {
        var publication = new ChannelPublication { Channel = "any", Request = Request(text) };
        return new AtomicSet("key", number, oldest, [publication]).RequestFor(publication);
    }
}
