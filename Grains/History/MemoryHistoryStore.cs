using WsCluster.Configuration;
using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History;

/// <summary>
/// Keeps each stream in the memory of its channel's activation. Another activation starts a new epoch, unless the stream was handed
/// over to it.
/// </summary>
internal sealed class MemoryHistoryStore(TimeProvider time, GrainMetrics metrics, SiloLimits limits) : IHistoryStore
{
    public IChannelStream Open(string channel, ChannelOptions options, IStreamOwner owner) =>
        new MemoryChannelStream(options, owner, time, metrics, limits);
}
