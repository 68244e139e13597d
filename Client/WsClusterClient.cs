using System.Collections.Concurrent;
using WsCluster.Client.Connections;
using WsCluster.Client.Protocol;
using WsCluster.Client.Subscriptions;
using WsCluster.Client.Transports;

namespace WsCluster.Client;

/// <summary>
/// A client of the Centrifuge protocol: one connection, kept up by itself, with any number of subscriptions. Thread-safe.
/// </summary>
/// <remarks>
/// Handlers run on the client's loop, one at a time and in order: they return soon and never block on a call to the client.
/// </remarks>
public sealed class WsClusterClient : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly ClientLoop _loop = new();
    private readonly ConnectionKeeper _keeper;
    private readonly ServerSubscriptions _serverSubscriptions;
    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new();
    private readonly Random _random;
    private volatile bool _disposed;

    /// <summary>Creates a client; <see cref="ConnectAsync"/> connects it.</summary>
    /// <param name="endpoint">Where to connect: <c>ws://localhost:8000/connection/websocket</c>.</param>
    /// <param name="options">How to connect.</param>
    public WsClusterClient(Uri endpoint, ClientOptions? options = null)
        : this(options ?? new ClientOptions(), codec => new WebSocketTransport(endpoint, codec, options ?? new ClientOptions()), Random.Shared)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.Scheme is not ("ws" or "wss"))
        {
            throw new ArgumentException("The endpoint must be a ws:// or wss:// address.", nameof(endpoint));
        }
    }

    internal WsClusterClient(ClientOptions options, Func<ICodec, ITransport> newTransport, Random random)
    {
        options.Validate();
        _options = options;
        _random = random;
        _serverSubscriptions = new ServerSubscriptions(this, options.BufferCapacity);
        _keeper = new ConnectionKeeper(new Connections(this), options, _loop, newTransport, random);
    }

    /// <summary>It has got another state.</summary>
    public event EventHandler<ClientStateChange>? StateChanged;

    /// <summary>The server sent something to this connection alone.</summary>
    public event EventHandler<ReadOnlyMemory<byte>>? MessageReceived;

    /// <summary>A subscription that the server makes for this client has got another state.</summary>
    public event EventHandler<SubscriptionStateChange>? ServerSubscriptionChanged;

    /// <summary>Somebody has joined the channel of a server-side subscription.</summary>
    public event EventHandler<ChannelMember>? ServerJoined;

    /// <summary>Somebody has left the channel of a server-side subscription.</summary>
    public event EventHandler<ChannelMember>? ServerLeft;

    /// <summary>Something went wrong from which it goes on by itself, or that explains the state change that follows.</summary>
    public event EventHandler<Exception>? Error;

    /// <summary>Where it is now.</summary>
    public ClientState State => _keeper.State;

    /// <summary>Its subscriptions, by channel.</summary>
    public IReadOnlyDictionary<string, Subscription> Subscriptions => _subscriptions;

    internal Connection? Connected => _keeper.Connected;

    internal bool IsJson => _keeper.IsJson;

    /// <summary>
    /// Connects and returns when connected, after as many attempts as it takes. Cancelling ends the wait, not the connecting:
    /// <see cref="DisconnectAsync"/> does that.
    /// </summary>
    /// <exception cref="WsClusterClientException">The server refused for good, or the client was disconnected meanwhile.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => _loop.RunAsync(async () =>
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _keeper.Start();
        await _keeper.Ready.WaitAsync(cancellationToken);
    });

    /// <summary>Disconnects. Subscriptions stay, and go on where they were after the next <see cref="ConnectAsync"/>.</summary>
    public Task DisconnectAsync() => _loop.RunAsync(() => _keeper.StopAsync(DisconnectedCode.DisconnectCalled, "disconnect called"));

    /// <summary>A new subscription; <see cref="Subscription.SubscribeAsync"/> starts it.</summary>
    /// <exception cref="InvalidOperationException">The client has one of that channel: dispose it first.</exception>
    public Subscription NewSubscription(string channel, SubscriptionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        ObjectDisposedException.ThrowIf(_disposed, this);
        options ??= new SubscriptionOptions();
        options.Validate();
        var subscription = new Subscription(this, channel, options, _loop, _options, _random);
        return _subscriptions.TryAdd(channel, subscription)
            ? subscription
            : throw new InvalidOperationException($"The client has a subscription of channel '{channel}' already.");
    }

    /// <summary>
    /// The publications of all server-side subscriptions, across lost connections; a slow reader loses the oldest
    /// (<see cref="ClientOptions.BufferCapacity"/>). Ends when the client is disposed. One reader at a time.
    /// </summary>
    /// <exception cref="WsClusterClientException">The server ended the connection for good.</exception>
    public IAsyncEnumerable<Publication> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _serverSubscriptions.Buffer.ReadAllAsync(cancellationToken);

    /// <summary>Publishes to a channel and returns when the server has it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="data">In JSON: one JSON value.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be published all the same.</param>
    /// <exception cref="WsClusterClientException">Refused, or the outcome is unknown (codes 1 and 2).</exception>
    /// <exception cref="ArgumentException">The data is not JSON, on a client that speaks JSON.</exception>
    public Task PublishAsync(string channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        CallAsync(new Command { Publish = new PublishRequest(channel, data) }, _ => true, cancellationToken);

    /// <summary>Who is in a channel now, by connection id.</summary>
    /// <exception cref="WsClusterClientException">Refused, or no answer.</exception>
    public Task<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(string channel, CancellationToken cancellationToken = default) =>
        CallAsync<IReadOnlyDictionary<string, ClientInfo>>(
            new Command { Presence = new ChannelRequest(channel) }, reply => reply.Presence?.Clients ?? [], cancellationToken);

    /// <summary>How many are in a channel now.</summary>
    /// <exception cref="WsClusterClientException">Refused, or no answer.</exception>
    public Task<PresenceStats> GetPresenceStatsAsync(string channel, CancellationToken cancellationToken = default) =>
        CallAsync(new Command { PresenceStats = new ChannelRequest(channel) }, reply => reply.PresenceStats ?? new PresenceStats(), cancellationToken);

    /// <summary>Reads the history of a channel.</summary>
    /// <exception cref="WsClusterClientException">Refused, or no answer.</exception>
    public Task<HistoryPage> GetHistoryAsync(string channel, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return CallAsync(new Command { History = new HistoryRequest(channel, query) }, InChannel, cancellationToken);

        HistoryPage InChannel(Reply reply)
        {
            var page = reply.History ?? new HistoryPage();
            return page with { Publications = [.. page.Publications.Select(publication => publication with { Channel = channel })] };
        }
    }

    /// <summary>Calls a procedure of the server's application and returns its answer.</summary>
    /// <exception cref="WsClusterClientException">Refused, or the outcome is unknown (codes 1 and 2).</exception>
    public Task<ReadOnlyMemory<byte>> RpcAsync(string method, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        CallAsync(new Command { Rpc = new RpcRequest(method, data) }, reply => reply.Rpc?.Data ?? default, cancellationToken);

    /// <summary>Sends something to the server's application, which does not answer. Servers without a handler for it disconnect.</summary>
    /// <exception cref="WsClusterClientException">There is no connection.</exception>
    public Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) => _loop.RunAsync(async () =>
    {
        (await ReadyAsync(cancellationToken)).Post(new Command { Send = new SendRequest(data) });
    });

    /// <summary>Disconnects and ends all subscriptions: readers get what has come, and end.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await DisconnectAsync().ConfigureAwait(false);
        await _loop.RunAsync(() =>
        {
            foreach (var subscription in _subscriptions.Values)
            {
                subscription.Keeper.OnClientDisposed();
            }

            _subscriptions.Clear();
            _keeper.Dispose();
            _serverSubscriptions.Buffer.End(failure: null);
        }).ConfigureAwait(false);
    }

    internal void Forget(Subscription subscription) => _subscriptions.TryRemove(KeyValuePair.Create(subscription.Channel, subscription));

    internal void RaiseServerSubscription(SubscriptionStateChange change) => Handlers.Raise(ServerSubscriptionChanged, this, change, Report);

    internal void RaiseServerJoined(ChannelMember member) => Handlers.Raise(ServerJoined, this, member, Report);

    internal void RaiseServerLeft(ChannelMember member) => Handlers.Raise(ServerLeft, this, member, Report);

    private void Report(Exception exception) => Handlers.Raise(Error, this, exception, static _ => { }); // an error handler that throws has nobody to tell

    private Task<T> CallAsync<T>(Command command, Func<Reply, T> read, CancellationToken cancellationToken) => _loop.RunAsync(async () =>
    {
        var connection = await ReadyAsync(cancellationToken);
        if (connection.PendingCommands >= _options.MaxPendingCommands)
        {
            throw new WsClusterClientException(ClientErrorCode.TooManyPending, "too many commands wait for answers", isTemporary: true);
        }

        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Send(
            command,
            reply =>
            {
                if (reply.Error is { } error)
                {
                    Fail(new WsClusterClientException(error.Code, error.Message, error.IsTemporary));
                }
                else
                {
                    answer.TrySetResult(read(reply));
                }
            },
            Fail);
        return await answer.Task.WaitAsync(cancellationToken);

        void Fail(WsClusterClientException failure)
        {
            answer.TrySetException(failure);
            _ = answer.Task.Exception; // the caller may be gone
        }
    });

    private async Task<Connection> ReadyAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_keeper.State == ClientState.Disconnected)
        {
            throw new WsClusterClientException(ClientErrorCode.ClientDisconnected, "client disconnected");
        }

        try
        {
            return _keeper.Connected ?? await _keeper.Ready.WaitAsync(_options.CommandTimeout, _options.TimeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new WsClusterClientException(ClientErrorCode.Timeout, "not connected in time", isTemporary: true);
        }
    }

    /// <summary>What the connection means for the client: its subscriptions follow it.</summary>
    private sealed class Connections(WsClusterClient client) : IConnectionUser
    {
        public ConnectRequest CreateConnect(string? token) =>
            new(token, client._options.Data, client._serverSubscriptions.CreateRequests(), client._options.Name, client._options.Version)
            {
                Headers = client._options.Headers,
            };

        public void OnStateChanged(ClientState before, ClientStateChange change)
        {
            var subscriptions = client._subscriptions.Values;
            if (before == ClientState.Connected)
            {
                if (change.Code == ServerErrorCode.StateInvalidated)
                {
                    client._serverSubscriptions.Invalidate();
                    ForEach(subscription => subscription.Invalidate());
                }

                ForEach(subscription => subscription.OnConnectionLost());
                client._serverSubscriptions.OnConnectionLost();
            }

            if (before == ClientState.Disconnected)
            {
                ForEach(subscription => subscription.OnConnecting());
                client._serverSubscriptions.Buffer.Reopen();
            }

            Handlers.Raise(client.StateChanged, client, change, Report);
            if (change.State == ClientState.Disconnected && change.Code != DisconnectedCode.DisconnectCalled)
            {
                var failure = new WsClusterClientException(change.Code, change.Reason);
                ForEach(subscription => subscription.OnClientEnded(failure));
                client._serverSubscriptions.Buffer.End(failure);
            }

            void ForEach(Action<SubscriptionKeeper> action)
            {
                foreach (var subscription in subscriptions)
                {
                    action(subscription.Keeper);
                }
            }
        }

        public void OnConnected(Connection connection, ConnectResult result)
        {
            client._serverSubscriptions.OnConnected(result);
            foreach (var subscription in client._subscriptions.Values)
            {
                subscription.Keeper.OnConnected();
            }
        }

        public void OnPush(Push push)
        {
            if (push.Message is { } message)
            {
                Handlers.Raise(client.MessageReceived, client, message.Data, Report);
            }
            else if (push.Subscribe is null && client._subscriptions.TryGetValue(push.Channel, out var subscription) && subscription.State != SubscriptionState.Unsubscribed)
            {
                subscription.Keeper.OnPush(push);
            }
            else
            {
                client._serverSubscriptions.OnPush(push);
            }
        }

        public void Report(Exception exception) => client.Report(exception);
    }
}
