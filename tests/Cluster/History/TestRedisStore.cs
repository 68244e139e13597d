using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.History.Redis;

namespace WsCluster.Tests.Cluster.History;

/// <summary>A silo's share in the durable streams: its connection and its store.</summary>
internal sealed class TestRedisStore : IAsyncLifetime
{
    public TestRedisStore(RedisServer server, Action<RedisHistoryOptions>? change = null)
    {
        Options = new RedisHistoryOptions();
        change?.Invoke(Options);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        Cluster = new ClusterOptions { Redis = server.ConnectionString, ClusterId = "test" };
        Link = new RedisLink(Cluster, options, TimeProvider.System, NullLogger<RedisLink>.Instance);
        Barrier = new FsyncBarrier(Link, Cluster, TimeProvider.System);
        Store = new RedisHistoryStore(Link, Barrier, Cluster, options, TimeProvider.System, StreamTest.Metrics, StreamTest.Limits, NullLogger<RedisChannelStream>.Instance);
    }

    public RedisHistoryOptions Options { get; }

    public ClusterOptions Cluster { get; }

    public RedisLink Link { get; }

    public FsyncBarrier Barrier { get; }

    public RedisHistoryStore Store { get; }

    public async ValueTask InitializeAsync() => await Link.ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        await Barrier.DisposeAsync();
        await Link.DisposeAsync();
    }
}
