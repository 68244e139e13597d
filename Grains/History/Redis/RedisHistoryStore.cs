using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History.Redis;

/// <summary>Keeps each stream in Redis: the next activation of the channel goes on where the last one stopped.</summary>
internal sealed class RedisHistoryStore(
    RedisLink link,
    FsyncBarrier barrier,
    ClusterOptions cluster,
    IOptions<RedisHistoryOptions> options,
    TimeProvider time,
    GrainMetrics metrics,
    SiloLimits limits,
    ILogger<RedisChannelStream> logger) : IHistoryStore
{
    public IChannelStream Open(string channel, ChannelOptions channelOptions, IStreamOwner owner)
    {
        var calls = new StreamCalls(link, new StreamKeys(cluster.ClusterId, channel), channelOptions);
        var fsync = channelOptions.Durability == ChannelDurability.RedisFsync ? barrier : null;
        var tail = new StreamTail(options.Value.TailBytes, channelOptions, time, limits.History);
        var appender = new StreamAppender(calls, link, fsync, options.Value, time, metrics);
        return new RedisChannelStream(
            channel,
            channelOptions,
            owner,
            new StreamHold(channelOptions, owner, calls, appender, tail, time),
            calls,
            appender,
            new AppendQueue(options.Value, metrics, limits.Appends),
            link,
            tail,
            time,
            metrics,
            logger);
    }
}
