using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions.Derived;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// A channel's tie to its grain: this gateway is subscribed there, and again when its silo is lost or it moved. One
/// synchronisation (<see cref="StreamSynchroniser"/>) runs at a time and goes on until it succeeds or nobody is left.
/// </summary>
internal sealed class ChannelLink : ISiloBound
{
    private const int AttemptsAtOnce = 10;

    private readonly Lock _sync = new();
    private readonly ChannelSubscribers _channel;
    private readonly ChannelDirectory _directory;
    private readonly StreamSynchroniser _stream;
    private readonly SiloBinding _silo; // guarded by _sync, like all fields below
    private readonly SiloBinding _relay; // while the channel comes by one
    private TaskCompletionSource<ErrorCode>? _synchronising;
    private bool _attached;
    private bool _detached;
    private bool _again;
    private bool _subscribeAgain;

    public ChannelLink(ChannelSubscribers channel, ChannelDirectory directory)
    {
        _channel = channel;
        _directory = directory;
        var lane = directory.Lanes.For(channel.Name);
        Way = directory.WayTo(channel.Name);
        _stream = new StreamSynchroniser(channel, Way, lane, directory.RecoveryGate);
        _silo = new SiloBinding(this, directory.Silos);
        _relay = new SiloBinding(this, directory.Silos);
        Lane = lane.Lane;
        Recoveries = new RecoveryReads(Way, directory);
        Newest = new NewestRead(channel, Way, directory);
        Presence = new PresenceReporter(this, Way, channel.Name, directory);
    }

    /// <summary>How the grain is reached.</summary>
    public ChannelWay Way { get; }

    /// <summary>Reads what recovering subscribers missed.</summary>
    public RecoveryReads Recoveries { get; }

    /// <summary>Reads the newest of the channel's history.</summary>
    public NewestRead Newest { get; }

    /// <summary>Tells the grain who comes and goes.</summary>
    public PresenceReporter Presence { get; }

    /// <summary>True when nothing is under way.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_sync)
            {
                return _synchronising is null && Presence.IsQuiet;
            }
        }
    }

    /// <inheritdoc/>
    public int Lane { get; }

    /// <summary>Ends when the gateway is subscribed, or with the error that the grain gave, or when the deadline has passed.</summary>
    public ValueTask<ErrorCode> EnsureAttachedAsync()
    {
        Task<ErrorCode> synchronising;
        lock (_sync)
        {
            if (_attached && _synchronising is null)
            {
                return ValueTask.FromResult(ErrorCode.None);
            }

            if (_synchronising is null)
            {
                _subscribeAgain = true;
                StartLocked();
            }

            synchronising = _synchronising!.Task;
        }

        return WaitAsync(synchronising);
    }

    /// <summary>The silo is silent or the grain moved: subscribe again, and catch up.</summary>
    public void Rebind() => Synchronise(subscribe: true);

    /// <summary>
    /// What follows of the channel comes by a relay: the gateway listens to its silo, too. Called under the channel's lock.
    /// </summary>
    /// <param name="relayId">The relay, as its batches name it; null: by none any more.</param>
    /// <param name="outboxId">The outbox that it comes by, once its stint has begun; empty before.</param>
    public void Turn(string? relayId, Guid outboxId)
    {
        lock (_sync)
        {
            if (relayId is null || _detached)
            {
                _relay.Clear();
                _directory.Silos.Met(this);
                return;
            }

            _relay.Set(relayId, outboxId);
            if (outboxId == Guid.Empty)
            {
                _directory.Silos.Expect(this);
            }
            else
            {
                _directory.Silos.Met(this);
            }
        }
    }

    /// <summary>Catches up with the stream, after subscribing again where that is asked for.</summary>
    public void Synchronise(bool subscribe)
    {
        lock (_sync)
        {
            if (_detached)
            {
                return; // a silo's loss is told to its channels over a second: this one was closed meanwhile
            }

            _again = true; // one that is under way may have looked too early
            _subscribeAgain |= subscribe;
            if (_synchronising is null)
            {
                StartLocked();
            }
        }
    }

    /// <summary>The channel is closed: the grain may forget this gateway.</summary>
    public async Task DetachAsync()
    {
        Task? synchronising;
        lock (_sync)
        {
            _detached = true;
            synchronising = _synchronising?.Task;
        }

        if (synchronising is not null)
        {
            await synchronising; // began after the channel was found quiet, and subscribes with a higher number
        }

        lock (_sync)
        {
            _silo.Clear();
            _relay.Clear();
            _directory.Silos.Met(this);
            _attached = false;
        }

        await _directory.UnsubscribeAsync(_channel.Name);
    }

    private async ValueTask<ErrorCode> WaitAsync(Task<ErrorCode> synchronising)
    {
        try
        {
            return await ResultAsync(synchronising).WaitAsync(_directory.Options.ClusterDeadline, _directory.Time);
        }
        catch (TimeoutException)
        {
            return ErrorCode.Internal; // it goes on in the background for those who stay
        }
    }

    /// <summary>Brings the result to where its waiter runs: whoever sets it holds a lock.</summary>
    private static async Task<ErrorCode> ResultAsync(Task<ErrorCode> synchronising) => await synchronising;

    private void StartLocked()
    {
        _synchronising = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _directory.Start(SynchroniseAsync);
    }

    private async Task SynchroniseAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await TrySynchroniseAsync())
                {
                    return;
                }

                if (attempt < AttemptsAtOnce)
                {
                    continue;
                }
            }
            catch (WsClusterException e) when (!e.IsTemporary)
            {
                // The silo's configuration knows the channel differently. New subscribers get the error; for those that are
                // live already it goes on, since silos may be restarted with another configuration one by one.
                GatewayLog.ChannelRefused(_directory.Logger, _channel.Name, e.Code);
                if (_channel.Count == 0)
                {
                    Finish(e.Code);
                    return;
                }

                Refuse(e.Code);
            }
            catch (Exception e)
            {
                GatewayLog.ChannelUnreachable(_directory.Logger, _channel.Name, attempt, e.Message);
                if (_channel.IsAbandoned)
                {
                    Finish(ErrorCode.Internal);
                    return;
                }
            }

            await WaitForNextAttemptAsync(attempt);
        }
    }

    private async Task WaitForNextAttemptAsync(int attempt)
    {
        AskAgain(); // wherever the grain is now, it may not know this gateway
        await Task.Delay(Backoff.Delay(attempt, _directory.Random), _directory.Time);
    }

    /// <summary>Answers those who wait, and goes on.</summary>
    private void Refuse(ErrorCode error)
    {
        lock (_sync)
        {
            var waiting = _synchronising;
            _synchronising = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting?.TrySetResult(error);
        }
    }

    /// <summary>One attempt. False when more has to be done at once.</summary>
    private async Task<bool> TrySynchroniseAsync()
    {
        // Never under this object's lock: the channel calls in here while it holds its own.
        _channel.HoldDeliveries();
        bool subscribe;
        long number;
        lock (_sync)
        {
            _again = false;
            subscribe = _subscribeAgain || !_attached;
            _subscribeAgain = false;
            number = subscribe ? _directory.NextSubscriptionNumber() : 0;
        }

        ChannelAttachment? attachment = null;
        if (subscribe)
        {
            attachment = await _stream.SubscribeAsync(Presence.Snapshot(), number);
            Attached(attachment);
            _channel.Restart(attachment.Stint);
            if (attachment.MembersOutdated)
            {
                AskAgain();
                return false;
            }
        }

        if (!await _stream.TryCatchUpAsync(attachment))
        {
            return false;
        }

        lock (_sync)
        {
            if (_again)
            {
                return false;
            }

            FinishLocked(ErrorCode.None);
            return true;
        }
    }

    private void AskAgain()
    {
        lock (_sync)
        {
            _subscribeAgain = true;
        }
    }

    private void Attached(ChannelAttachment attachment)
    {
        lock (_sync)
        {
            _attached = true;
            _silo.Set(attachment.SiloId, attachment.OutboxId);
        }
    }

    private void Finish(ErrorCode error)
    {
        lock (_sync)
        {
            FinishLocked(error);
        }
    }

    private void FinishLocked(ErrorCode error)
    {
        _attached = error == ErrorCode.None;
        var waiting = _synchronising;
        _synchronising = null;
        waiting?.TrySetResult(error);
    }
}
