using WsCluster.Configuration;

namespace WsCluster.Grains.History;

/// <summary>Keeps each stream in the memory of its channel's activation: another activation starts a new epoch.</summary>
internal sealed class MemoryHistoryStore(TimeProvider time, GrainMetrics metrics) : IHistoryStore
{
    public IChannelStream Open(string channel, ChannelOptions options, IStreamOwner owner) =>
        new MemoryChannelStream(options, owner, time, metrics);
}
