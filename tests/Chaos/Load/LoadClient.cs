using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
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
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingTolerance = TimeSpan.FromSeconds(10);
    private static readonly byte[] Pong = Frame.Of(FrameKind.Text, "{}"u8);

    private readonly Lock _sync = new(); // guards all below but _reading
    private readonly Dictionary<int, ClientSubscription> _pending = [];
    private readonly ServerMessage _message = new();
    private readonly ReconnectBackoff _backoff = new();
    private readonly CancellationTokenSource _stop = new();
    private List<Disconnection> _disconnections = [];
    private CancellationTokenSource? _connection;
    private WebSocketLink? _link;
    private Uri? _gateway;
    private long _deadline = long.MaxValue; // for the commands under way
    private long _pingDeadline = long.MaxValue;
    private long _backAt;
    private bool _isConnected;
    private bool _wasInterrupted;
    private int _pingSeconds;
    private int _nextId = 1;
    private string? _dropReason;
    private string _lastEnd = "nothing";
    private TimeSpan? _dropDelay;
    private Task _running = Task.CompletedTask;

    public string Name => name;

    /// <summary>The connection's id while it is connected, otherwise empty.</summary>
    public string ConnectionId { get; private set; } = "";

    protected IReadOnlyList<ClientSubscription> Subscriptions { get; } = [.. channels.Select(c => new ClientSubscription(c))];

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
            return _isConnected && Subscriptions.All(s => s.IsLive || s.IsRefused || s.IsPaused);
        }
    }

    public override string ToString()
    {
        lock (_sync)
        {
            var missing = Subscriptions.Where(s => !s.IsLive && !s.IsRefused && !s.IsPaused).Select(s => s.Channel);
            return $"{name}: {(_isConnected ? "connected" : "not connected")} to {_gateway}, lacks {string.Join(' ', missing)}; before: {_lastEnd}";
        }
    }

    /// <summary>The channel's state in one look: which subscriptions have not reached this position.</summary>
    public bool HasReached(string channel, string epoch, ulong offset)
    {
        lock (_sync)
        {
            return Subscriptions.All(s => s.Channel != channel || s.IsPaused || s.IsRefused || s.HasReached(epoch, offset));
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

    /// <summary>When it last came back after an interruption, or zero; and whether it is interrupted now.</summary>
    public (long BackAt, bool IsInterrupted) Interruption()
    {
        lock (_sync)
        {
            return (_backAt, _wasInterrupted);
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
            if (now > _deadline || now > _pingDeadline)
            {
                _dropReason ??= now > _deadline ? $"{Disconnection.OwnDecision}no answer to a command" : $"{Disconnection.OwnDecision}no ping";
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
        var id = ++_nextId;
        _pending[id] = subscription;
        Send(subscription.SubscribeCommand(id));
        Await();
    }

    /// <summary>Sends an unsubscribe command. Under the lock.</summary>
    protected void Unsubscribe(ClientSubscription subscription)
    {
        var id = ++_nextId;
        _pending[id] = subscription;
        Send($$$"""{"id":{{{id}}},"unsubscribe":{"channel":"{{{subscription.Channel}}}"}}""");
        Await();
    }

    /// <summary>Nothing is under way for it. Under the lock.</summary>
    protected bool IsIdle(ClientSubscription subscription) => _isConnected && !_pending.ContainsValue(subscription);

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
            (_connection, _gateway, _deadline) = (connection, gateway, Stopwatch.GetTimestamp() + Ticks(CommandTimeout));
        }

        if (gateway is not null)
        {
            try
            {
                using var link = await WebSocketLink.OpenAsync(new Uri(gateway, "/connection/websocket"), connection.Token);
                await link.SendAsync(FirstFrame(link));
                end = await ReadAsync(link, connection.Token);
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

    private byte[] FirstFrame(WebSocketLink link)
    {
        lock (_sync)
        {
            _link = link;
            var frame = new StringBuilder($$$"""{"id":{{{_nextId = 1}}},"connect":{"name":"chaos"}}""");
            foreach (var subscription in Subscriptions.Where(s => s is { IsRefused: false, IsPaused: false }))
            {
                var id = ++_nextId;
                _pending[id] = subscription;
                frame.Append('\n').Append(subscription.SubscribeCommand(id));
            }

            return Frame.Of(FrameKind.Text, Encoding.UTF8.GetBytes(frame.ToString()));
        }
    }

    private async Task<string> ReadAsync(WebSocketLink link, CancellationToken cancellation)
    {
        while (await link.ReceiveAsync(cancellation))
        {
            lock (_sync)
            {
                while (link.TryRead(out var kind, out var payload))
                {
                    if (kind == FrameKind.Close)
                    {
                        return $"closed: {(payload.Length < 2 ? 1005 : (payload[0] << 8) | payload[1])} {Encoding.UTF8.GetString(payload[Math.Min(2, payload.Length)..])}";
                    }

                    TakeFrame(payload);
                }
            }
        }

        return "the connection ended without a close frame";
    }

    private void TakeFrame(ReadOnlySpan<byte> frame)
    {
        foreach (var range in frame.Split((byte)'\n'))
        {
            if (frame[range] is { IsEmpty: false } message)
            {
                _message.Read(message);
                Take();
            }
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
                _pingDeadline = Stopwatch.GetTimestamp() + Ticks(TimeSpan.FromSeconds(_pingSeconds) + PingTolerance);
                Send(Pong);
                break;
            case MessageKind.Connected:
                (_isConnected, ConnectionId, _pingSeconds) = (true, _message.Client, _message.PingSeconds);
                _pingDeadline = Stopwatch.GetTimestamp() + Ticks(TimeSpan.FromSeconds(_pingSeconds) + PingTolerance);
                Await();
                NoticeWell();
                break;
            case MessageKind.Insufficient:
                if (Find(_message.Channel) is { } lost)
                {
                    lost.End(ObservationKind.Insufficient);
                    _wasInterrupted = true;
                    Subscribe(lost);
                }

                break;
            case MessageKind.Error when _message.Id == 1:
                _dropReason = $"connect was refused with {_message.Code}";
                _connection!.Cancel();
                break;
            default:
                if (_pending.Remove(_message.Id, out var subscription))
                {
                    TakeReply(subscription);
                }

                break;
        }
    }

    private void TakePublication()
    {
        if (Find(_message.Channel) is not { } subscription || !ChaosPayload.TryRead(_message.Data, _message.Channel, out var payload))
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
                subscription.RetryAt = Stopwatch.GetTimestamp() + Ticks(ReconnectBackoff.Least * (1 + Random.Shared.NextDouble()));
                break;
            case MessageKind.Error:
                subscription.End(ObservationKind.Refused);
                break;
        }

        Await();
        NoticeWell();
    }

    /// <summary>Sets the deadline for what is under way.</summary>
    private void Await() => _deadline = _pending.Count == 0 && _isConnected ? long.MaxValue : Stopwatch.GetTimestamp() + Ticks(CommandTimeout);

    private void NoticeWell()
    {
        if (_pending.Count == 0 && Subscriptions.All(s => s.IsLive || s.IsRefused || s.IsPaused))
        {
            _backoff.Reset();
            if (_wasInterrupted)
            {
                _wasInterrupted = false;
                _backAt = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>The connection is gone. Returns the time until the next one.</summary>
    private TimeSpan End(Uri? gateway, string reason)
    {
        foreach (var subscription in Subscriptions)
        {
            subscription.End(ObservationKind.Disconnected);
            subscription.RetryAt = null;
        }

        reason = _lastEnd = _dropReason ?? reason;
        if (_isConnected && gateway is not null && !_stop.IsCancellationRequested)
        {
            _disconnections.Add(new Disconnection(name, gateway, Stopwatch.GetTimestamp(), reason));
        }

        var delay = _dropDelay ?? _backoff.Next();
        _pending.Clear();
        (_isConnected, _wasInterrupted, ConnectionId) = (false, true, "");
        (_link, _connection, _dropReason, _dropDelay) = (null, null, null, null);
        (_deadline, _pingDeadline) = (long.MaxValue, long.MaxValue);
        return delay;
    }

    private ClientSubscription? Find(ReadOnlySpan<byte> channel)
    {
        foreach (var subscription in Subscriptions)
        {
            if (channel.SequenceEqual(subscription.ChannelUtf8))
            {
                return subscription;
            }
        }

        return null;
    }

    private void Send(string command) => Send(Frame.Of(FrameKind.Text, Encoding.UTF8.GetBytes(command)));

    private void Send(byte[] frame)
    {
        if (_link is { } link)
        {
            _ = SendAsync(link, frame);
        }
    }

    private static async Task SendAsync(WebSocketLink link, byte[] frame)
    {
        try
        {
            await link.SendAsync(frame);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The reader finds out as well.
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
