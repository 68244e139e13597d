using WsCluster.Routing;

namespace WsCluster;

/// <summary>
/// The cluster as an application service sees it: its channels, its users and what is live in it. Thread-safe; one
/// instance serves the process.
/// </summary>
/// <remarks>
/// Calls that the cluster refuses throw <see cref="WsClusterException"/> with the reason. Calls that meet a dead or moving
/// silo are repeated until <see cref="WsClusterClientOptions.RetryDeadline"/>, wherever a repeat does no harm, and then
/// throw <see cref="ErrorCode.Internal"/>.
/// </remarks>
public interface IWsCluster
{
    /// <summary>A channel, by its full name. No call is made.</summary>
    IChannelHandle Channel(string name);

    /// <summary>A user, by id; the empty id stands for all anonymous connections. No call is made.</summary>
    IUserHandle User(string id);

    /// <summary>
    /// Publishes the same message to many channels concurrently. One failing channel does not fail the others; an
    /// idempotency key counts per channel.
    /// </summary>
    /// <returns>One result per channel, in the order of <paramref name="channels"/>.</returns>
    Task<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        IReadOnlyCollection<string> channels, PublishRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes to several durable channels: all or none, whatever process is killed meanwhile. Each channel gives its own publication
    /// a place in its own order, not at one moment: readers of two channels may see one before the other (docs/atomic-publish.md).
    /// When the task ends, all are as durable as their namespaces say.
    /// </summary>
    /// <exception cref="WsClusterException">
    /// As <see cref="IAtomicPublishGrain.PublishAsync"/> says. After 100 the outcome is unknown: repeat with the same
    /// <see cref="AtomicPublishRequest.IdempotencyKey"/>, which publishes what is missing and returns the positions.
    /// </exception>
    Task<AtomicPublishResult> PublishAtomicAsync(AtomicPublishRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// The channels that have subscribers now and how many each has, over all gateways. A gateway that does not answer in
    /// time is left out.
    /// </summary>
    /// <param name="pattern">A glob (<c>*</c>, <c>?</c>, <c>[abc]</c>), or empty for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyDictionary<string, int>> GetChannelsAsync(string pattern = "", CancellationToken cancellationToken = default);

    /// <summary>A page of the channels that have subscribers, over all gateways. A gateway that does not answer in time is left out.</summary>
    Task<ListPage<ChannelDescription>> ListChannelsAsync(ListQuery query, CancellationToken cancellationToken = default);

    /// <summary>A page of the users that have connections, over all gateways. A gateway that does not answer in time is left out.</summary>
    Task<ListPage<UserDescription>> ListUsersAsync(ListQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// A page of the live connections of the cluster or of one user, with their channels. A gateway that does not answer in time
    /// is left out.
    /// </summary>
    Task<ListPage<ConnectionDescription>> ListConnectionsAsync(ListQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes back tokens or a right that they gave. When the task ends the revocation is recorded; gateways follow within
    /// 5 seconds, with new connections and with those that are open, as long as they reach the cluster.
    /// </summary>
    /// <exception cref="WsClusterException">
    /// 107 for one that names nothing and no time, or too long texts; 106 when as many as allowed are in force; 100: try again.
    /// </exception>
    Task RevokeAsync(Revocation revocation, CancellationToken cancellationToken = default);

    /// <summary>What each live gateway holds. A gateway that does not answer in time is left out.</summary>
    Task<IReadOnlyList<GatewayDescription>> GetGatewaysAsync(CancellationToken cancellationToken = default);
}
