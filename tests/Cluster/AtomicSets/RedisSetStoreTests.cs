using WsCluster.Grains.AtomicSets;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster.AtomicSets;

/// <summary>A Redis alone.</summary>
public sealed class SingleRedisSetStoreTests() : RedisSetStoreTests(new RedisServer());

/// <summary>A node of a Redis Cluster, which refuses a script whose keys are not all in one slot.</summary>
public sealed class ClusterRedisSetStoreTests() : RedisSetStoreTests(new RedisServer { IsCluster = true })
{
    [Fact]
    public async Task ScriptOverTwoSlots_IsRefusedHere()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => Server.Database.ScriptEvaluateAsync("return redis.call('GET', KEYS[1]) or redis.call('GET', KEYS[2])", ["{a}", "{b}"]));

        Assert.Contains("slot", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public Task SetAndStream_AreInSlotsOfTheirOwn() => StreamTest.OnOneSchedulerAsync(async () =>
    {
        var set = (await Store.DecideAsync("k", Publications("a", "b"))).Incomplete!;
        var positions = new List<StreamPosition>();
        foreach (var publication in set.Publications)
        {
            var stream = Redis.Store.Open(publication.Channel, StreamTest.WithHistory(Configuration.ChannelDurability.Redis), new RecordingOwner());
            positions.Add(await stream.AppendAsync(set.RequestFor(publication)));
            Assert.Equal(positions[^1], await stream.AppendAsync(set.RequestFor(publication)));
        }

        Assert.Equal(positions, (await Store.CompleteAsync(set, [.. positions])).Positions);
        var slots = new HashSet<string>();
        foreach (var key in new[] { $"wscluster:{{{Redis.Cluster.ClusterId}}}:sets:pending", "wscluster:{test:a}:meta", "wscluster:{test:b}:meta" })
        {
            slots.Add($"{await Server.Database.ExecuteAsync("CLUSTER", "KEYSLOT", key)}");
        }

        Assert.Equal(3, slots.Count);
    });
}

/// <summary>What the store of atomic sets promises.</summary>
public abstract class RedisSetStoreTests(RedisServer server) : IAsyncLifetime
{
    private readonly AtomicPublishOptions _options = new() { MaxPending = 3, MaxPendingBytes = 64 * 1024, MaxRemembered = 100 };

    internal RedisServer Server => server;

    internal TestRedisStore Redis { get; private set; } = null!;

    internal ISetStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await server.InitializeAsync();
        Redis = new TestRedisStore(server);
        await Redis.InitializeAsync();
        Store = TestSets.Store(Redis, _options);
    }

    public async ValueTask DisposeAsync()
    {
        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Decide_TheSameKeyAtTheSameTime_IsOneSet()
    {
        var decisions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Store.DecideAsync("k", Publications("a", "b"))));

        Assert.Single(decisions.Select(decision => decision.Incomplete!.Number).Distinct());
        Assert.Equal(["a", "b"], decisions[^1].Incomplete!.Publications.Select(publication => publication.Channel));
    }

    [Fact]
    public async Task Decide_OneAfterTheOther_NumbersRiseAndTheOldestStays()
    {
        var first = (await Store.DecideAsync("1", Publications("a"))).Incomplete!;
        var second = (await Store.DecideAsync("2", Publications("a"))).Incomplete!;
        await Store.CompleteAsync(first, [new StreamPosition(1, "e")]);
        var third = (await Store.DecideAsync("3", Publications("a"))).Incomplete!;

        Assert.Equal((first.Number, first.Number), (first.Oldest, second.Oldest));
        Assert.True(first.Number < second.Number && second.Number < third.Number);
        Assert.Equal(second.Number, third.Oldest);
    }

    [Fact]
    public async Task Complete_IsRememberedForItsKey()
    {
        var set = (await Store.DecideAsync("k", Publications("a", "b"))).Incomplete!;
        StreamPosition[] positions = [new(7, "e"), new(8, "f")];

        await Store.CompleteAsync(set, positions);
        var again = await Store.CompleteAsync(set, [new(1, "x"), new(2, "y")]);
        var repeated = await Store.DecideAsync("k", Publications("a", "b"));

        Assert.Equal(positions, again.Positions);
        Assert.Equal(positions, repeated.Outcome!.Positions);
        Assert.Equal(SetOutcome.FingerprintOf(set.Publications), repeated.Outcome.Channels);
        Assert.Empty(await Store.ClaimAsync());
        Assert.Equal("0", await Server.Database.HashGetAsync($"wscluster:{{{Redis.Cluster.ClusterId}}}:sets:state", "bytes"));
    }

    [Fact]
    public async Task Decide_TooManyPending_IsRefusedUntilOneIsComplete()
    {
        var sets = new List<AtomicSet>();
        for (var i = 0; i < 3; i++)
        {
            sets.Add((await Store.DecideAsync($"{i}", Publications("a"))).Incomplete!);
        }

        var refusal = await Assert.ThrowsAsync<WsClusterException>(() => Store.DecideAsync("more", Publications("a")));
        var known = await Store.DecideAsync("1", Publications("a"));
        await Store.CompleteAsync(sets[1], [new(1, "e")]);

        Assert.Equal(ErrorCode.TooManyRequests, refusal.Code);
        Assert.Equal(sets[1].Number, known.Incomplete!.Number);
        Assert.NotNull((await Store.DecideAsync("more", Publications("a"))).Incomplete);
    }

    [Fact]
    public async Task Decide_TooManyBytesPending_IsRefused()
    {
        await Store.DecideAsync("1", Publications(40_000, "a"));

        await Assert.ThrowsAsync<WsClusterException>(() => Store.DecideAsync("2", Publications(40_000, "a")));

        Assert.NotNull((await Store.DecideAsync("3", Publications("a"))).Incomplete);
    }

    [Fact]
    public async Task Decide_TooManyBehindAnIncompleteOne_IsRefusedUntilThatIsComplete()
    {
        var stuck = (await Store.DecideAsync("stuck", Publications("a"))).Incomplete!;
        for (var i = 1; i < 100; i++)
        {
            await Store.CompleteAsync((await Store.DecideAsync($"{i}", Publications("b"))).Incomplete!, [new((ulong)i, "e")]);
        }

        await Assert.ThrowsAsync<WsClusterException>(() => Store.DecideAsync("more", Publications("b")));
        await Store.CompleteAsync(stuck, [new(1, "e")]);

        Assert.NotNull((await Store.DecideAsync("more", Publications("b"))).Incomplete);
    }

    [Fact]
    public async Task Complete_MoreThanMayBeRemembered_ForgetsTheOldest()
    {
        for (var i = 0; i <= 100; i++)
        {
            await Store.CompleteAsync((await Store.DecideAsync($"{i}", Publications("a"))).Incomplete!, [new((ulong)i + 1, "e")]);
        }

        Assert.NotNull((await Store.DecideAsync("1", Publications("a"))).Outcome);
        Assert.NotNull((await Store.DecideAsync("0", Publications("a"))).Incomplete);
    }

    [Fact]
    public async Task Claim_GivesASetToOneAtATimeWhenItIsDue()
    {
        var set = (await Store.DecideAsync("k", Publications("a", "b"))).Incomplete!;
        Assert.Empty(await Store.ClaimAsync()); // its publisher has it

        await Server.Database.SortedSetAddAsync($"wscluster:{{{Redis.Cluster.ClusterId}}}:sets:due", "k", 1);
        var claims = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Store.ClaimAsync()));

        var claimed = Assert.Single(claims.SelectMany(sets => sets));
        Assert.Equal((set.Key, set.Number, set.Oldest), (claimed.Key, claimed.Number, claimed.Oldest));
        Assert.Equal(["a", "b"], claimed.Publications.Select(publication => publication.Channel));
    }

    private protected static ChannelPublication[] Publications(params string[] channels) => Publications(1, channels);

    private static ChannelPublication[] Publications(int bytes, params string[] channels) =>
        [.. channels.Select(channel => new ChannelPublication { Channel = channel, Request = new PublishRequest { Data = new byte[bytes] } })];
}
