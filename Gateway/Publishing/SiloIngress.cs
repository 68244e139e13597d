using WsCluster.Routing;

namespace WsCluster.Gateway.Publishing;

/// <summary>
/// What this gateway publishes to the channels of one silo. One call is under way; what comes meanwhile goes together as
/// the next. So a quiet gateway waits for nothing, and a busy one makes a call for hundreds of publications.
/// </summary>
/// <remarks>At most <see cref="MostBytesWaiting"/> wait; more is refused with error 111.</remarks>
/// <param name="grain">The silo's ingress for this gateway, reached through a silo of Orleans' choice.</param>
/// <param name="entrance">The straight way to the silo; null while it is not known.</param>
/// <param name="gatewayId">This gateway.</param>
/// <param name="channels">Channels, for what need not go through the ingress.</param>
/// <param name="metrics">What is measured.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For the log.</param>
internal sealed class SiloIngress(
    IPublishIngress grain,
    Func<ISiloEntrance?> entrance,
    string gatewayId,
    ChannelReferences channels,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    private const int MostBytesWaiting = 16 * 1024 * 1024;
    private const int MostBytesInCall = 256 * 1024;

    // A call that takes longer than this may wait for a slow channel: those behind it go without it.
    private const int MostCalls = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(5);

    private readonly Lock _sync = new(); // guards everything below
    private readonly Queue<Waiting> _waiting = new();
    private long _waitingBytes;
    private ITimer? _patience; // looks again for what waits behind a slow call
    private bool _isPatient; // the timer is running
    private int _calls;
    private long _lastCall = time.GetTimestamp();
    private volatile bool _isClosed;

    /// <summary>True when the silo could not be reached this way: the channels are to be looked for again.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Queues publications of one channel, for the next <see cref="Flush"/>. The task never fails.</summary>
    public Task<PublishReceipt> PublishAsync(string channel, PublishRequest[] requests)
    {
        // Continuations run where the call's answer is handled, and before the next call is made: what they publish goes with it.
        var waiting = new Waiting(channel, requests);
        lock (_sync)
        {
            if (_waitingBytes + waiting.Bytes > MostBytesWaiting)
            {
                metrics.IngressRefused(requests.Length);
                var refused = new PublishOutcome(StreamPosition.None, ErrorCode.TooManyRequests);
                return Task.FromResult(new PublishReceipt { Outcomes = [.. Enumerable.Repeat(refused, requests.Length)] });
            }

            _waiting.Enqueue(waiting);
            _waitingBytes += waiting.Bytes;
            metrics.IngressQueued(waiting.Bytes);
        }

        return waiting.Receipt.Task;
    }

    /// <summary>Makes the next call, if one may be made.</summary>
    public void Flush()
    {
        while (TakeBatch() is { } batch)
        {
            _ = CallAsync(batch);
        }
    }

    /// <summary>True when nothing has needed it for minutes, or the silo is gone and nothing waits: it is closed then.</summary>
    public bool TryRetire()
    {
        lock (_sync)
        {
            var isIdle = _calls == 0 && _waiting.Count == 0;
            _isClosed |= isIdle && time.GetElapsedTime(_lastCall) > IdleTimeout;
            if (isIdle && _isClosed)
            {
                _patience?.Dispose();
                return true;
            }

            return false;
        }
    }

    private PublishBatch? TakeBatch()
    {
        lock (_sync)
        {
            var now = time.GetTimestamp();
            var mayCall = _calls == 0 || (_calls < MostCalls && time.GetElapsedTime(_lastCall, now) > Patience);
            if (_waiting.Count == 0)
            {
                return null;
            }

            if (!mayCall)
            {
                LookAgainLocked();
                return null;
            }

            var batch = new PublishBatch();
            while (_waiting.TryPeek(out var next) && (batch.Bytes == 0 || batch.Bytes + next.Bytes <= MostBytesInCall))
            {
                batch.Add(_waiting.Dequeue());
                _waitingBytes -= next.Bytes;
            }

            metrics.IngressTaken(batch.Bytes);
            _calls++;
            _lastCall = now;
            return batch;
        }
    }

    private void LookAgainLocked()
    {
        if (_isPatient)
        {
            return;
        }

        _isPatient = true;
        _patience ??= time.CreateTimer(_ => LookAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _patience.Change(Patience + Patience / 4, Timeout.InfiniteTimeSpan);
    }

    private void LookAgain()
    {
        lock (_sync)
        {
            _isPatient = false;
        }

        Flush();
    }

    private async Task CallAsync(PublishBatch batch)
    {
        try
        {
            var groups = batch.ToGroups();
            if (entrance() is { } straight)
            {
                batch.Answer(await straight.PublishAsync(gatewayId, groups));
            }
            else if (groups.Length == 1)
            {
                batch.Answer([await PublishCall.MakeAsync(channels, groups[0].Channel, groups[0].Requests, logger)]);
            }
            else
            {
                batch.Answer(await grain.PublishAsync(groups));
            }
        }
        catch (WsClusterException)
        {
            _isClosed = true; // there is no such silo (any more)
            batch.Fail(PublishCallStatus.NotRun);
        }
        catch (Exception e)
        {
            _isClosed = true;
            batch.Fail(PublishCall.StatusOf(e, logger));
        }

        lock (_sync)
        {
            _calls--;
        }

        Flush();
    }

    /// <summary>Publications of one channel that wait for their receipt.</summary>
    internal sealed class Waiting(string channel, PublishRequest[] requests)
    {
        private const int Overhead = 128;

        public string Channel { get; } = channel;

        public PublishRequest[] Requests { get; } = requests;

        public int Bytes { get; } = requests.Sum(request => request.Data.Length + Overhead);

        public TaskCompletionSource<PublishReceipt> Receipt { get; } = new();
    }
}
