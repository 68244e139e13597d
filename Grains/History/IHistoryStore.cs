using WsCluster.Configuration;

namespace WsCluster.Grains.History;

/// <summary>Where channels keep their streams.</summary>
public interface IHistoryStore
{
    /// <summary>Opens the stream of a channel for its activation, which is its only user. Nothing is read yet.</summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="options">The options of its namespace.</param>
    /// <param name="owner">The activation.</param>
    IChannelStream Open(string channel, ChannelOptions options, IStreamOwner owner);
}
