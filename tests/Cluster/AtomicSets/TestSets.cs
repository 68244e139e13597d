using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using WsCluster.Grains.AtomicSets;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster.AtomicSets;

/// <summary>A silo's share in atomic sets.</summary>
internal static class TestSets
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static RedisSetStore Store(TestRedisStore redis, AtomicPublishOptions options) => new(
        redis.Link,
        redis.Cluster,
        Options.Create(redis.Options),
        Options.Create(options),
        Services.GetRequiredService<Serializer<ChannelPublication[]>>(),
        TimeProvider.System,
        StreamTest.Metrics);
}
