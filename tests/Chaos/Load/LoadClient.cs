using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>
/// A subscribing client with the manners of an SDK (protocol §28): connects and subscribes in one frame, answers pings,
/// gives up on a command after 5 s and on a server that sends no ping in time, reconnects with exponential backoff and full
/// jitter, and recovers from its position.
/// </summary>
internal class LoadClient(string name, IEnumerable<string> channels, Balancer balancer, ClientStatistics statistics) : IAsyncDisposable
{
    private readonly Lock _sync = new(); // guards all below but _reading
    private readonly ClientSubscriptions _subscriptions = new(channels);
    private readonly ClientDeadlines _deadlines = new();
    private readonly ServerMessage _message = new();
    private readonly ReconnectBackoff _backoff = new();
    private readonly CancellationTokenSource _stop = new();
    private List<Disconnection> _disconnections = [];
    private CancellationTokenSource? _connection;
    private ClientSocket? _socket;
    private Uri? _gateway;
    private long _backAt;
    private bool _isConnected;
    private bool _wasInterrupted;
    private string? _dropReason;
    private string _lastEnd = "nothing";
    private TimeSpan? _dropDelay;
    private Task _running = Task.CompletedTask;

    public string Name => name;

    /// <summary>The connection's id while it is connected, otherwise empty.</summary>
    public string ConnectionId { get; private set; } = "";

    protected IReadOnlyList<ClientSubscription> Subscriptions => _subscriptions.All;

    protected Lock Sync => _sync;

    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Drop("the run is over", TimeSpan.Zero);
        await _running;
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Breaks the connection as a lost network does; the client comes back after this time.</summary>
    public void Drop(string reason, TimeSpan delay)
    {
        lock (_sync)
        {
            _dropReason = Disconnection.OwnDecision + reason;
            _dropDelay = delay;
            _connection?.Cancel();
        }
    }

    /// <summary>Connected, and live wherever it wants to be.</summary>
    public bool IsWell()
    {
        lock (_sync)
        {
            return _isConnected && _subscriptions.AreSettled;
        }
    }

    public override string ToString()
    {
        lock (_sync)
        {
            var missing = Subscriptions.Where(s => !s.IsSettled).Select(s => s.Channel);
            return $"{name}: {(_isConnected ? "connected" : "not connected")} to {_gateway}, lacks {string.Join(' ', missing)}; before: {_lastEnd}";
        }
    }

    /// <summary>The channel's state in one look: which subscriptions have not reached this position.</summary>
    public bool HasReached(string channel, string epoch, ulong offset)
    {
        lock (_sync)
        {
            return _subscriptions.HaveReached(channel, epoch, offset);
        }
    }

    /// <summary>True when it is connected to that gateway now.</summary>
    public bool IsOn(Uri gateway)
    {
        lock (_sync)
        {
            return _isConnected && _gateway == gateway;
        }
    }

    public bool Wants(string channel) => Subscriptions.Any(s => s.Channel == channel && s is { IsRefused: false });

    /// <summary>When it last came back after an interruption, or zero.</summary>
    public long BackAt
    {
        get
        {
            lock (_sync)
            {
                return _backAt;
            }
        }
    }

    /// <summary>Forgets about past interruptions.</summary>
    public void ResetInterruption()
    {
        lock (_sync)
        {
            _backAt = 0;
        }
    }

    /// <summary>Hands over the logs since the last time.</summary>
    public void Drain(Action<SubscriberLog> logs, Action<Disconnection> disconnections)
    {
        List<Disconnection> ended;
        lock (_sync)
        {
            foreach (var subscription in Subscriptions)
            {
                logs(subscription.Drain(name));
            }

            (ended, _disconnections) = (_disconnections, []);
        }

        ended.ForEach(disconnections);
    }

    /// <summary>Called a few times a second: what is overdue.</summary>
    public virtual void Tick(long now)
    {
        lock (_sync)
        {
            if (_deadlines.Overdue(now) is { } overdue)
            {
                _dropReason ??= Disconnection.OwnDecision + overdue;
                _connection?.Cancel();
                return;
            }

            foreach (var subscription in Subscriptions)
            {
                if (_isConnected && subscription.RetryAt < now)
                {
                    subscription.RetryAt = null;
                    Subscribe(subscription);
                }
            }
        }
    }

    /// <summary>Sends a subscribe command. Under the lock.</summary>
    protected void Subscribe(ClientSubscription subscription)
    {
        _socket?.Send(_subscriptions.SubscribeCommand(subscription));
        Await();
    }

    /// <summary>Sends an unsubscribe command. Under the lock.</summary>
    protected void Unsubscribe(ClientSubscription subscription)
    {
        _socket?.Send(_subscriptions.UnsubscribeCommand(subscription));
        Await();
    }

    /// <summary>Nothing is under way for it. Under the lock.</summary>
    protected bool IsIdle(ClientSubscription subscription) => _isConnected && _subscriptions.IsIdle(subscription);

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var delay = await ConnectAndReadAsync();
            if (!_stop.IsCancellationRequested && delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    /// <summary>One connection from beginning to end. Returns the time to wait before the next.</summary>
    private async Task<TimeSpan> ConnectAndReadAsync()
    {
        using var connection = new CancellationTokenSource();
        var gateway = balancer.Next(_gateway);
        var end = "no gateway is ready";
        lock (_sync)
        {
            (_connection, _gateway) = (connection, gateway);
            _deadlines.AwaitReply();
        }

        if (gateway is not null)
        {
            try
            {
                using var socket = await ClientSocket.OpenAsync(gateway, _sync, connection.Token);
                lock (_sync)
                {
                    _socket = socket;
                    socket.Send(_subscriptions.ConnectCommands());
                }

                end = await socket.ReadAsync(_message, Take, connection.Token);
            }
            catch (Exception e) when (e is SocketException or LoadException or OperationCanceledException or ObjectDisposedException or JsonException)
            {
                end = e is OperationCanceledException ? "given up" : e.Message;
            }
        }

        lock (_sync)
        {
            return End(gateway, end);
        }
    }

    private void Take()
    {
        switch (_message.Kind)
        {
            case MessageKind.Publication:
                TakePublication();
                break;
            case MessageKind.Ping:
                _deadlines.Pinged();
                _socket!.Pong();
                break;
            case MessageKind.Connected:
                (_isConnected, ConnectionId) = (true, _message.Client);
                _deadlines.AwaitPings(TimeSpan.FromSeconds(_message.PingSeconds));
                Await();
                NoticeWell();
                break;
            case MessageKind.Insufficient:
                if (_subscriptions.Find(_message.Channel) is { } lost)
                {
                    lost.End(ObservationKind.Insufficient);
                    _wasInterrupted = true;
                    Subscribe(lost);
                }

                break;
            case MessageKind.Error when _message.Id == ClientSubscriptions.ConnectId:
                _dropReason = $"connect was refused with {_message.Code}";
                _connection!.Cancel();
                break;
            default:
                if (_subscriptions.Answered(_message.Id) is { } subscription)
                {
                    TakeReply(subscription);
                }

                break;
        }
    }

    private void TakePublication()
    {
        if (_subscriptions.Find(_message.Channel) is not { } subscription || !ChaosPayload.TryRead(_message.Data, _message.Channel, out var payload))
        {
            statistics.AddAnomaly($"{name} got a publication that is not its own: {_message}");
            return;
        }

        subscription.Take(_message.Offset, payload.Id);
        statistics.AddLatency(Stopwatch.GetElapsedTime(payload.SentAt));
    }

    private void TakeReply(ClientSubscription subscription)
    {
        switch (_message.Kind)
        {
            case MessageKind.Subscribed:
                subscription.Start(_message);
                foreach (var (offset, data) in _message.Publications)
                {
                    if (ChaosPayload.TryRead(data, subscription.ChannelUtf8, out var payload))
                    {
                        subscription.Take(offset, payload.Id);
                    }
                    else
                    {
                        statistics.AddAnomaly($"{name} recovered a publication that is not of {subscription.Channel}");
                    }
                }

                break;
            case MessageKind.Unsubscribed:
                subscription.End(ObservationKind.Unsubscribed);
                break;
            case MessageKind.Error when _message.Code is 100 or 111:
                subscription.RetryAt = ClientDeadlines.After(ReconnectBackoff.Least * (1 + Random.Shared.NextDouble()));
                break;
            case MessageKind.Error:
                subscription.End(ObservationKind.Refused);
                break;
        }

        Await();
        NoticeWell();
    }

    /// <summary>Sets the deadline for what is under way.</summary>
    private void Await()
    {
        if (_subscriptions.AwaitReply || !_isConnected)
        {
            _deadlines.AwaitReply();
        }
        else
        {
            _deadlines.AwaitNoReply();
        }
    }

    private void NoticeWell()
    {
        if (_subscriptions.AwaitReply || !_subscriptions.AreSettled)
        {
            return;
        }

        _backoff.Reset();
        if (_wasInterrupted)
        {
            _wasInterrupted = false;
            _backAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>The connection is gone. Returns the time until the next one.</summary>
    private TimeSpan End(Uri? gateway, string reason)
    {
        _subscriptions.Disconnected();
        reason = _lastEnd = _dropReason ?? reason;
        if (_isConnected && gateway is not null && !_stop.IsCancellationRequested)
        {
            _disconnections.Add(new Disconnection(name, gateway, Stopwatch.GetTimestamp(), reason));
        }

        var delay = _dropDelay ?? _backoff.Next();
        _deadlines.Clear();
        (_isConnected, _wasInterrupted, ConnectionId) = (false, true, "");
        (_socket, _connection, _dropReason, _dropDelay) = (null, null, null, null);
        return delay;
    }
}
