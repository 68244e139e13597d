using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Configuration;

namespace WsCluster.Grains.History.Redis;

/// <summary>Keeps each stream in Redis: the next activation of the channel goes on where the last one stopped.</summary>
internal sealed class RedisHistoryStore(
    RedisLink link,
    FsyncBarrier barrier,
    ClusterOptions cluster,
    IOptions<RedisHistoryOptions> options,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<RedisChannelStream> logger) : IHistoryStore
{
    public IChannelStream Open(string channel, ChannelOptions channelOptions, IStreamOwner owner)
    {
        var calls = new StreamCalls(link, new StreamKeys(cluster.ClusterId, channel), channelOptions);
        var fsync = channelOptions.Durability == ChannelDurability.RedisFsync ? barrier : null;
        return new RedisChannelStream(
            channel,
            channelOptions,
            owner,
            calls,
            new StreamAppender(calls, link, fsync, options.Value, time, metrics),
            new AppendQueue(options.Value, metrics),
            link,
            new StreamTail(options.Value.TailBytes, channelOptions.HistorySize, channelOptions.HistoryTtl, time),
            time,
            metrics,
            logger);
    }
}
