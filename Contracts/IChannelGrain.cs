using Orleans.Concurrency;

namespace WsCluster;

/// <summary>
/// A channel: gives its publications their order, keeps its history and knows who is present. The key is the channel's
/// name. Calls throw <see cref="WsClusterException"/> when the cluster refuses them: <see cref="ErrorCode.UnknownChannel"/>
/// for a namespace that is not configured, <see cref="ErrorCode.NotAvailable"/> for a feature that the namespace has off.
/// </summary>
[Alias("WsCluster.IChannelGrain")]
public interface IChannelGrain : IGrainWithStringKey
{
    /// <summary>
    /// Publishes to every subscriber in the cluster. The task ends when the publication has its place in the stream and is as
    /// durable as its namespace says; the position is <see cref="StreamPosition.None"/> when the channel keeps no history. A time-out means that the outcome
    /// is unknown: repeat with the same <see cref="PublishRequest.IdempotencyKey"/>.
    /// </summary>
    /// <exception cref="WsClusterException">
    /// 107 when the data is empty where it may not be, or a key is too long. Temporary: 100 when a durable stream's store is
    /// away, the outcome is unknown or the channel is moving; 111 when too much waits for the store.
    /// </exception>
    /// <remarks>
    /// Calls may overlap: a durable stream writes what arrives while it is busy as one group. Their order is the order of
    /// their arrival.
    /// </remarks>
    [Alias("Publish"), AlwaysInterleave]
    Task<StreamPosition> PublishAsync(PublishRequest request);

    /// <summary>Reads history.</summary>
    /// <exception cref="WsClusterException">
    /// 108 without history; 112 when <see cref="HistoryQuery.Since"/> names another epoch; 107 for reverse from offset 0.
    /// </exception>
    [Alias("GetHistory")]
    Task<HistoryPage> GetHistoryAsync(HistoryQuery query);

    /// <summary>Drops the kept publications; offset and epoch go on.</summary>
    [Alias("RemoveHistory")]
    Task RemoveHistoryAsync();

    /// <summary>Who is in the channel now, by connection id.</summary>
    [Alias("GetPresence")]
    Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync();

    /// <summary>How many are in the channel now.</summary>
    [Alias("GetPresenceStats")]
    Task<PresenceStats> GetPresenceStatsAsync();
}
