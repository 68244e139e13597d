namespace WsCluster;

/// <summary>One channel. Get it from <see cref="IWsCluster.Channel"/>; keeping it costs nothing.</summary>
public interface IChannelHandle
{
    /// <summary>The channel's name.</summary>
    string Name { get; }

    /// <summary>
    /// Publishes to every subscriber in the cluster and returns the place in the stream
    /// (<see cref="StreamPosition.None"/> when the channel keeps no history). See <see cref="ChannelPublishing"/> for the
    /// short forms.
    /// </summary>
    /// <remarks>
    /// A request without an idempotency key gets a generated one, so that repeating it after a failure with an unknown
    /// outcome cannot publish twice. That holds while the channel remembers the key: for the idempotency window (five
    /// minutes, far above the retry deadline) and, for history in memory, only while its silo lives. A channel that starts
    /// anew elsewhere has forgotten its keys together with its publications.
    /// </remarks>
    /// <param name="request">Taken over as it is: its data must not be written to again.</param>
    /// <param name="cancellationToken">Ends the wait. The message may be published all the same.</param>
    /// <exception cref="WsClusterException">
    /// The channel refused, or <see cref="ErrorCode.Internal"/>: no answer within the deadline, outcome unknown.
    /// </exception>
    Task<StreamPosition> PublishAsync(PublishRequest request, CancellationToken cancellationToken = default);

    /// <summary>Who is in the channel now, by connection id.</summary>
    Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(CancellationToken cancellationToken = default);

    /// <summary>How many are in the channel now.</summary>
    Task<PresenceStats> GetPresenceStatsAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads history; without a limit in the query, only the stream's position.</summary>
    Task<HistoryPage> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default);

    /// <summary>Drops the kept publications; offset and epoch go on.</summary>
    Task RemoveHistoryAsync(CancellationToken cancellationToken = default);
}
