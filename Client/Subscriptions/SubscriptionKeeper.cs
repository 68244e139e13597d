using WsCluster.Client.Connections;
using WsCluster.Client.Protocol;

namespace WsCluster.Client.Subscriptions;

/// <summary>
/// Keeps a subscription alive: subscribes whenever there is a connection, from the position it has, refreshes its token, pauses for a
/// slow reader. Everything private here happens on the client's loop.
/// </summary>
internal sealed class SubscriptionKeeper : IDisposable
{
    private readonly Subscription _subscription;
    private readonly WsClusterClient _client;
    private readonly SubscriptionOptions _options;
    private readonly ClientLoop _loop;
    private readonly ClientOptions _clientOptions;
    private readonly Backoff _backoff;
    private readonly LoopTimer _retry;
    private readonly LoopTimer _refresh;
    private readonly CancellationTokenSource _tokens = new(); // cancelled when nobody needs one any more

    private volatile SubscriptionState _state;
    private TaskCompletionSource _ready = NewReady();
    private bool _isDisposed;
    private int _attempt; // goes up whenever what is under way no longer counts
    private bool _paused; // the reader is behind
    private bool _wasLive; // what comes next continues something that a reader has seen
    private string? _token;
    private StreamPosition? _position; // from where to recover; null when that is not possible
    private DeltaReader? _delta;

    public SubscriptionKeeper(
        Subscription subscription, WsClusterClient client, SubscriptionOptions options, ClientLoop loop, ClientOptions clientOptions, Random random)
    {
        _subscription = subscription;
        _client = client;
        _options = options;
        _loop = loop;
        _clientOptions = clientOptions;
        _token = options.Token;
        _position = options.Since;
        _backoff = new Backoff(options.MinResubscribeDelay, options.MaxResubscribeDelay, random);
        _retry = new LoopTimer(loop, clientOptions.TimeProvider, TrySubscribe);
        _refresh = new LoopTimer(loop, clientOptions.TimeProvider, () => _ = RefreshAsync());
        Buffer = new PublicationBuffer(options.BufferCapacity, () => loop.RunAsync(Resume));
    }

    public SubscriptionState State => _state;

    public PublicationBuffer Buffer { get; }

    public Task SubscribeAsync(CancellationToken cancellationToken) => _loop.RunAsync(async () =>
    {
        ObjectDisposedException.ThrowIf(_isDisposed, _subscription);
        if (_state == SubscriptionState.Unsubscribed)
        {
            Buffer.Reopen();
            Become(SubscriptionState.Subscribing, SubscribingCode.SubscribeCalled, "subscribe called");
            TrySubscribe();
        }

        await _ready.Task.WaitAsync(cancellationToken);
    });

    public Task UnsubscribeAsync() => _loop.RunAsync(Unsubscribe);

    /// <summary>Returns when calls on the channel make sense.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => _loop.RunAsync(async () =>
    {
        if (_state == SubscriptionState.Unsubscribed)
        {
            throw new WsClusterClientException(ClientErrorCode.Unsubscribed, "unsubscribed");
        }

        try
        {
            await _ready.Task.WaitAsync(_clientOptions.CommandTimeout, _clientOptions.TimeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new WsClusterClientException(ClientErrorCode.Timeout, "not subscribed in time", isTemporary: true);
        }
    });

    public void OnConnecting() => Buffer.Reopen();

    public void OnConnected()
    {
        _backoff.Reset();
        TrySubscribe();
    }

    public void OnConnectionLost()
    {
        _attempt++;
        _retry.Stop();
        if (_state == SubscriptionState.Subscribed)
        {
            Become(SubscriptionState.Subscribing, SubscribingCode.TransportClosed, "transport closed");
        }
    }

    /// <summary>The server ended the client for good: readers and those who wait must know.</summary>
    public void OnClientEnded(WsClusterClientException failure)
    {
        if (_state != SubscriptionState.Unsubscribed)
        {
            Fail(failure);
            Buffer.End(failure);
        }
    }

    public void OnClientDisposed()
    {
        if (_state != SubscriptionState.Unsubscribed)
        {
            End(UnsubscribedCode.ClientClosed, "client closed", failure: null);
        }

        Dispose();
    }

    public Task DisposeAsync() => _loop.RunAsync(() =>
    {
        if (!_isDisposed)
        {
            Unsubscribe();
            Dispose();
        }
    });

    public void Dispose()
    {
        _isDisposed = true;
        _tokens.Cancel();
        _tokens.Dispose();
    }

    /// <summary>The server says that token and position are worth nothing any more.</summary>
    public void Invalidate()
    {
        _token = null;
        _position = null;
    }

    public void OnPush(Push push)
    {
        if (push.Unsubscribe is { } end)
        {
            OnUnsubscribed(end);
        }
        else if (_state != SubscriptionState.Subscribed)
        {
            // From before an unsubscribe, or while the subscription pauses.
        }
        else if (push.Publication is { } publication)
        {
            Deliver(publication);
        }
        else if (push.Join is { } join)
        {
            _subscription.RaiseJoined(join.Info);
        }
        else if (push.Leave is { } leave)
        {
            _subscription.RaiseLeft(leave.Info);
        }
    }

    private void Unsubscribe()
    {
        if (_state != SubscriptionState.Unsubscribed)
        {
            SendUnsubscribe();
            End(UnsubscribedCode.UnsubscribeCalled, "unsubscribe called", failure: null);
        }
    }

    private void TrySubscribe()
    {
        if (_state == SubscriptionState.Subscribing && !_paused && _client.Connected is { } connection)
        {
            _ = SubscribeAsync(connection, ++_attempt);
        }
    }

    private async Task SubscribeAsync(Connection connection, int attempt)
    {
        if (string.IsNullOrEmpty(_token) && _options.GetToken is not null)
        {
            var (token, failure) = await GetTokenAsync();
            if (attempt != _attempt)
            {
                return;
            }

            if (failure is not null)
            {
                Retry(failure);
                return;
            }

            if (token is null)
            {
                End(UnsubscribedCode.Unauthorized, "unauthorized", new WsClusterClientException(UnsubscribedCode.Unauthorized, "unauthorized"));
                return;
            }

            _token = token;
        }

        try
        {
            connection.Send(
                new Command { Subscribe = CreateRequest() },
                reply => OnSubscribeReply(attempt, connection, reply),
                failure =>
                {
                    if (failure.Code == ClientErrorCode.Timeout && attempt == _attempt)
                    {
                        connection.Close(ConnectionEnd.SubscribeTimeout);
                    }
                });
        }
        catch (ArgumentException e)
        {
            End(ServerErrorCode.BadRequest, e.Message, new WsClusterClientException(ServerErrorCode.BadRequest, e.Message, innerException: e));
        }
    }

    private SubscribeRequest CreateRequest() => new()
    {
        Channel = _subscription.Channel,
        Token = _token,
        Recover = _position,
        Data = _options.Data,
        Positioned = _options.Positioned,
        Recoverable = _options.Recoverable,
        JoinLeave = _options.JoinLeave,
        Delta = _options.Delta,
        TagsFilter = _options.TagsFilter,
    };

    private void OnSubscribeReply(int attempt, Connection connection, Reply reply)
    {
        if (attempt != _attempt)
        {
            return;
        }

        if (reply.Error is { } error)
        {
            var failure = new WsClusterClientException(error.Code, error.Message, error.IsTemporary);
            var expired = error.Code == ServerErrorCode.TokenExpired && _options.GetToken is not null;
            if (expired)
            {
                _token = null;
            }

            if (expired || error.IsTemporary || error.Code < 100)
            {
                Retry(failure);
            }
            else
            {
                End(error.Code, error.Message, failure);
            }
        }
        else if (reply.Subscribe is { } result)
        {
            GoLive(result);
        }
        else
        {
            connection.Close(ConnectionEnd.BadProtocol);
        }
    }

    private void GoLive(SubscribeResult result)
    {
        _backoff.Reset();
        _position = result.Recoverable ? result.Position : null;
        _delta = result.Delta ? new DeltaReader(_client.IsJson) : null;
        if ((_wasLive || result.WasRecovering) && !result.Recovered)
        {
            Buffer.MarkGap(_subscription.Channel);
        }

        _wasLive = true;
        if (result.Expiry.RefreshAfter is { } after && _options.GetToken is not null)
        {
            _refresh.Start(after);
        }

        Become(new SubscriptionStateChange(_subscription.Channel, SubscriptionState.Subscribed, 0, "subscribed")
        {
            Positioned = result.Positioned,
            Recoverable = result.Recoverable,
            WasRecovering = result.WasRecovering,
            Recovered = result.Recovered,
            Position = result.Positioned ? result.Position : null,
            Data = result.Data,
        });
        foreach (var publication in result.Publications)
        {
            if (_state == SubscriptionState.Subscribed)
            {
                Deliver(publication);
            }
        }
    }

    private void Deliver(Publication publication)
    {
        publication = publication with { Channel = _subscription.Channel };
        if (_delta is not null)
        {
            try
            {
                publication = publication with { Data = _delta.Read(publication) };
            }
            catch (FormatException e)
            {
                _subscription.Report(e);
                _client.Connected?.Close(ConnectionEnd.TransportClosed); // the next one starts with a full publication
                return;
            }
        }

        if (!Buffer.Write(publication, mayRefuse: !_options.DropOldest && _position is not null && publication.Offset > 0))
        {
            Pause();
        }
        else if (publication.Offset > 0)
        {
            _position = _position is null ? null : _position with { Offset = publication.Offset };
        }
    }

    /// <summary>The reader is behind. The rest stays with the server, in history, until it has caught up.</summary>
    private void Pause()
    {
        _paused = true;
        SendUnsubscribe();
        Become(SubscriptionState.Subscribing, SubscribingCode.SlowReader, "slow reader");
    }

    private void Resume()
    {
        if (_paused)
        {
            _paused = false;
            TrySubscribe();
        }
    }

    private void OnUnsubscribed(EndOfLife end)
    {
        if (_state == SubscriptionState.Unsubscribed || _paused)
        {
            return;
        }

        if (end.Code < ServerErrorCode.Resubscribe)
        {
            End(end.Code, end.Reason, new WsClusterClientException(end.Code, end.Reason));
            return;
        }

        if (end.Code == ServerErrorCode.SubscriptionInvalidated)
        {
            Invalidate();
        }

        Become(SubscriptionState.Subscribing, end.Code, end.Reason);
        TrySubscribe();
    }

    private void SendUnsubscribe()
    {
        _attempt++;
        if (_client.Connected is { } connection)
        {
            connection.Send(
                new Command { Unsubscribe = new ChannelRequest(_subscription.Channel) },
                reply =>
                {
                    if (reply.Error is not null)
                    {
                        connection.Close(ConnectionEnd.UnsubscribeError);
                    }
                },
                _ => connection.Close(ConnectionEnd.UnsubscribeError));
        }
    }

    private void Retry(WsClusterClientException failure)
    {
        _subscription.Report(failure);
        _retry.Start(_backoff.Next());
    }

    private async Task RefreshAsync()
    {
        var attempt = _attempt;
        var (token, failure) = await GetTokenAsync();
        if (attempt != _attempt || _client.Connected is not { } connection)
        {
            return;
        }

        if (failure is not null)
        {
            RetryRefresh(failure);
            return;
        }

        if (token is null)
        {
            SendUnsubscribe();
            End(UnsubscribedCode.Unauthorized, "unauthorized", new WsClusterClientException(UnsubscribedCode.Unauthorized, "unauthorized"));
            return;
        }

        _token = token;
        connection.Send(
            new Command { SubRefresh = new SubRefreshRequest(_subscription.Channel, token) },
            reply => OnRefreshReply(attempt, reply),
            RetryRefresh);
    }

    private void OnRefreshReply(int attempt, Reply reply)
    {
        if (attempt != _attempt)
        {
            return;
        }

        if (reply.Error is { } error)
        {
            var failure = new WsClusterClientException(error.Code, error.Message, error.IsTemporary);
            if (error.IsTemporary || error.Code < 100)
            {
                RetryRefresh(failure);
                return;
            }

            SendUnsubscribe();
            End(error.Code, error.Message, failure);
        }
        else if (reply.Refresh is { RefreshAfter: { } after })
        {
            _backoff.Reset();
            _refresh.Start(after);
        }
    }

    private void RetryRefresh(WsClusterClientException failure)
    {
        if (_state == SubscriptionState.Subscribed)
        {
            _subscription.Report(failure);
            _refresh.Start(_backoff.Next());
        }
    }

    private Task<(string? Token, WsClusterClientException? Failure)> GetTokenAsync() =>
        TokenCall.RunAsync(stop => _options.GetToken!(_subscription.Channel, stop), _tokens.Token);

    private void End(int code, string reason, WsClusterClientException? failure)
    {
        _attempt++;
        _paused = false;
        _retry.Stop();
        Become(SubscriptionState.Unsubscribed, code, reason);
        Fail(failure ?? new WsClusterClientException(ClientErrorCode.Unsubscribed, reason));
        Buffer.End(failure);
    }

    private void Become(SubscriptionState state, int code, string reason) => Become(new SubscriptionStateChange(_subscription.Channel, state, code, reason));

    private void Become(SubscriptionStateChange change)
    {
        _state = change.State;
        if (change.State == SubscriptionState.Subscribed)
        {
            _ready.TrySetResult();
        }
        else
        {
            _refresh.Stop();
            if (_ready.Task.IsCompleted)
            {
                _ready = NewReady();
            }
        }

        _subscription.RaiseStateChanged(change);
    }

    private void Fail(WsClusterClientException failure)
    {
        _ready.TrySetException(failure);
        _ = _ready.Task.Exception; // also when nobody waits for it
        _ready = NewReady();
    }

    private static TaskCompletionSource NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
