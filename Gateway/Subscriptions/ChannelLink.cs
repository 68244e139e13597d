using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// A channel's tie to its grain: subscribes this gateway, finds the grain again when its silo is lost or it moved, and reads
/// what was missed meanwhile. One synchronisation runs at a time and goes on until it succeeds or nobody is left.
/// </summary>
internal sealed class ChannelLink : ISiloBound
{
    private const int PageSize = 256;
    private const int AttemptsAtOnce = 10;

    private readonly Lock _sync = new();
    private readonly ChannelSubscribers _channel;
    private readonly ChannelDirectory _directory;
    private readonly GatewayLane _lane;
    private readonly IChannelRouting _grain;
    private TaskCompletionSource<ErrorCode>? _synchronising; // guarded by _sync, like all fields below
    private bool _attached;
    private bool _detached;
    private bool _again;
    private bool _subscribeAgain;
    private string? _siloId;
    private long _number;

    public ChannelLink(ChannelSubscribers channel, ChannelDirectory directory)
    {
        _channel = channel;
        _directory = directory;
        _lane = directory.Lanes.For(channel.Name);
        _grain = directory.Grains.GetGrain<IChannelRouting>(channel.Name);
        Presence = new PresenceReporter(this, _grain, channel.Name, directory);
    }

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
    public int Lane => _lane.Lane;

    /// <summary>The number of the last subscription, which an unsubscribe must name.</summary>
    public long Number
    {
        get
        {
            lock (_sync)
            {
                return _number;
            }
        }
    }

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

        long number;
        lock (_sync)
        {
            if (_siloId is not null)
            {
                _directory.Silos.Remove(this, _siloId);
                _siloId = null;
            }

            _attached = false;
            number = _number;
        }

        await _directory.UnsubscribeAsync(_channel.Name, number);
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
        ChannelAttachment? attachment = null;
        bool subscribe;
        lock (_sync)
        {
            _again = false;
            subscribe = _subscribeAgain || !_attached;
            _subscribeAgain = false;
            _number = subscribe ? _directory.NextSubscriptionNumber() : _number;
        }

        if (subscribe)
        {
            attachment = await _grain.SubscribeAsync(
                new GatewaySubscription { Lane = _lane, Members = Presence.Snapshot(), Number = _number });
            Bind(attachment.SiloId);
            if (attachment.MembersOutdated)
            {
                AskAgain();
                return false;
            }
        }

        var top = attachment?.Top ?? await CatchUpAsync();
        if (attachment is not null && _channel.CanCatchUp(top))
        {
            top = await CatchUpAsync();
        }

        if (!_channel.Synchronised(top, attachment?.Latest))
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

    /// <summary>Reads and delivers page after page from where this gateway stands; returns the stream's newest position.</summary>
    private async Task<StreamPosition> CatchUpAsync()
    {
        while (true)
        {
            var page = await _grain.RecoverAsync(new RecoveryQuery { AfterOffset = _channel.Position.Offset, Limit = PageSize });
            if (!_channel.CatchUp(page) || page.Publications.Count < PageSize)
            {
                return page.Top;
            }
        }
    }

    private void AskAgain()
    {
        lock (_sync)
        {
            _subscribeAgain = true;
        }
    }

    private void Bind(string siloId)
    {
        lock (_sync)
        {
            _attached = true;
            if (_siloId != siloId)
            {
                if (_siloId is not null)
                {
                    _directory.Silos.Remove(this, _siloId);
                }

                _siloId = siloId;
                _directory.Silos.Add(this, siloId);
            }
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
