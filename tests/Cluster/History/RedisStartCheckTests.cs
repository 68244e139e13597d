using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.History.Redis;
using static WsCluster.Tests.Cluster.History.StreamTest;

namespace WsCluster.Tests.Cluster.History;

/// <summary>What a silo finds out about its Redis before it starts.</summary>
public sealed class RedisStartCheckTests
{
    [Fact]
    public async Task RedisFsync_WithoutAppendOnlyFile_IsRefusedInASentence()
    {
        await using var server = new RedisServer { AppendOnly = false };
        await server.InitializeAsync();
        await using var store = new TestRedisStore(server);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => CheckAsync(store, ChannelDurability.RedisFsync));

        var sentence = Assert.Single(refused.Failures);
        Assert.StartsWith("WsCluster:Channels:Namespaces:safe:Durability is RedisFsync, but WsCluster:Redis must then have appendonly yes", sentence, StringComparison.Ordinal);
        Assert.Contains("it has appendonly no", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedisFsync_RedisThatCannotWait_IsRefused()
    {
        await using var server = new RedisServer();
        await server.InitializeAsync();
        await using var store = new TestRedisStore(server);
        await store.InitializeAsync();
        var canWait = store.Link.Connection.GetServers()[0].Version >= new Version(7, 2);

        var failure = await Record.ExceptionAsync(() => CheckAsync(store, ChannelDurability.RedisFsync));

        Assert.Equal(canWait, failure is null);
        Assert.True(failure is null or OptionsValidationException);
        if (canWait)
        {
            await AppendAsync(store); // waits for WAITAOF
        }
    }

    [Fact]
    public async Task RedisFsync_RedisThatSyncsAlways_HasNothingToWaitFor()
    {
        await using var server = new RedisServer { AppendFsync = "always" };
        await server.InitializeAsync();
        await using var store = new TestRedisStore(server);

        await CheckAsync(store, ChannelDurability.RedisFsync);

        Assert.False(store.Barrier.IsNeeded);
        await AppendAsync(store);
    }

    [Fact]
    public async Task Redis_Away_StopsOnlyRedisFsync()
    {
        await using var server = new RedisServer();
        await server.InitializeAsync();
        server.Kill();
        await using var store = new TestRedisStore(server);

        await CheckAsync(store, ChannelDurability.Redis);

        await Assert.ThrowsAsync<RedisConnectionException>(() => CheckAsync(store, ChannelDurability.RedisFsync));
    }

    private static Task AppendAsync(TestRedisStore store) => OnOneSchedulerAsync(async () =>
    {
        var stream = store.Store.Open(NewChannel(), WithHistory(ChannelDurability.RedisFsync), new RecordingOwner());
        Assert.Equal(1UL, (await stream.AppendAsync(Request())).Offset);
    });

    private static Task CheckAsync(TestRedisStore store, ChannelDurability durability)
    {
        var namespaces = new ChannelNamespaces { Namespaces = { ["safe"] = WithHistory(durability) } };
        return new RedisStartCheck(Options.Create(namespaces), store.Link, store.Barrier, NullLogger<RedisStartCheck>.Instance)
            .StartingAsync(TestContext.Current.CancellationToken);
    }
}
