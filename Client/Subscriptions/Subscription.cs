using WsCluster.Client.Connections;
using WsCluster.Client.Protocol;
using WsCluster.Client.Subscriptions;

namespace WsCluster.Client;

/// <summary>
/// One channel of a client, made by <see cref="WsClusterClient.NewSubscription"/>. It subscribes again by itself whenever the
/// connection is back, and gets what it missed where the channel has history. Thread-safe.
/// </summary>
/// <remarks>
/// Handlers run on the client's loop, one at a time and in order: they return soon and never block on a call to the client.
/// </remarks>
public sealed class Subscription : IAsyncDisposable
{
    private readonly WsClusterClient _client;
    private readonly SubscriptionKeeper _keeper;

    internal Subscription(WsClusterClient client, string channel, SubscriptionOptions options, ClientLoop loop, ClientOptions clientOptions, Random random)
    {
        _client = client;
        Channel = channel;
        _keeper = new SubscriptionKeeper(this, client, options, loop, clientOptions, random);
    }

    /// <summary>It has got another state.</summary>
    public event EventHandler<SubscriptionStateChange>? StateChanged;

    /// <summary>Somebody has joined the channel, perhaps this client.</summary>
    public event EventHandler<ChannelMember>? Joined;

    /// <summary>Somebody has left the channel.</summary>
    public event EventHandler<ChannelMember>? Left;

    /// <summary>Something went wrong from which it goes on by itself, or that explains the state change that follows.</summary>
    public event EventHandler<Exception>? Error;

    /// <summary>The channel.</summary>
    public string Channel { get; }

    /// <summary>Where it is now.</summary>
    public SubscriptionState State => _keeper.State;

    internal SubscriptionKeeper Keeper => _keeper;

    /// <summary>
    /// Subscribes and returns when that is done. While the client has no connection it waits for one; cancelling ends the wait, not
    /// the subscribing: <see cref="UnsubscribeAsync"/> does that.
    /// </summary>
    /// <exception cref="WsClusterClientException">The server refused for good.</exception>
    public Task SubscribeAsync(CancellationToken cancellationToken = default) => _keeper.SubscribeAsync(cancellationToken);

    /// <summary>Ends the subscription: readers get what has come, and end. A later subscribe gets what was missed until then.</summary>
    public Task UnsubscribeAsync() => _keeper.UnsubscribeAsync();

    /// <summary>
    /// The publications, in the order of the channel, across lost connections. Ends when the subscription is unsubscribed or
    /// disposed; throws when the server ended it. One reader at a time: several would share the publications.
    /// </summary>
    /// <exception cref="WsClusterClientException">The server ended the subscription, or the connection for good.</exception>
    public IAsyncEnumerable<Publication> ReadAllAsync(CancellationToken cancellationToken = default) => _keeper.Buffer.ReadAllAsync(cancellationToken);

    /// <summary>Publishes to the channel, once subscribed, and returns when the server has it.</summary>
    /// <param name="data">In JSON: one JSON value.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be published all the same.</param>
    /// <exception cref="WsClusterClientException">Refused, or the outcome is unknown (codes 1 and 2).</exception>
    public async Task PublishAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        await _keeper.ReadyAsync(cancellationToken).ConfigureAwait(false);
        await _client.PublishAsync(Channel, data, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who is in the channel now, by connection id.</summary>
    /// <exception cref="WsClusterClientException">Refused, or no answer.</exception>
    public async Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(CancellationToken cancellationToken = default)
    {
        await _keeper.ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await _client.GetPresenceAsync(Channel, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many are in the channel now.</summary>
    /// <exception cref="WsClusterClientException">Refused, or no answer.</exception>
    public async Task<PresenceStats> GetPresenceStatsAsync(CancellationToken cancellationToken = default)
    {
        await _keeper.ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await _client.GetPresenceStatsAsync(Channel, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the channel's history.</summary>
    /// <exception cref="WsClusterClientException">Refused, or no answer.</exception>
    public async Task<HistoryPage> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default)
    {
        await _keeper.ReadyAsync(cancellationToken).ConfigureAwait(false);
        return await _client.GetHistoryAsync(Channel, query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Unsubscribes, and the client forgets it.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Forget(this);
        await _keeper.DisposeAsync().ConfigureAwait(false);
    }

    internal void RaiseStateChanged(SubscriptionStateChange change) => Handlers.Raise(StateChanged, this, change, Report);

    internal void RaiseJoined(ClientInfo info) => Handlers.Raise(Joined, this, new ChannelMember(Channel, info), Report);

    internal void RaiseLeft(ClientInfo info) => Handlers.Raise(Left, this, new ChannelMember(Channel, info), Report);

    internal void Report(Exception exception) => Handlers.Raise(Error, this, exception, static _ => { }); // an error handler that throws has nobody to tell
}
