using WsCluster.Configuration;
using WsCluster.Grains.History.Redis;

namespace WsCluster.Grains.History;

/// <summary>Keeps each channel's stream where the durability of its namespace wants it.</summary>
internal sealed class HistoryStore(MemoryHistoryStore memory, RedisHistoryStore redis) : IHistoryStore
{
    public IChannelStream Open(string channel, ChannelOptions options, IStreamOwner owner) =>
        options.IsInRedis ? redis.Open(channel, options, owner) : memory.Open(channel, options, owner);
}
