using WsCluster.Configuration;
using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>
/// One derivation of a channel: the newest of each key, of what one filter lets through, at one pace. Everybody who asked for
/// the same shares its table, its encoded publications and its frames. A subscriber is known by the number of what it has got:
/// it is sent what is newer, when its connection has room, so that a slow one gets less and never what it would have to drop.
/// Not safe by itself: the channel's lock guards it.
/// </summary>
internal sealed class Conflation : IDisposable
{
    private readonly TagsFilter? _filter;
    private readonly TimeSpan _every;
    private readonly LatestByKey _latest;
    private readonly NewestFrames _frames;
    private readonly LagRule _rule;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly List<LatestSubscriber> _conflated = [];
    private readonly List<LatestSubscriber> _fast = [];    // they get everything for now
    private readonly long _start;
    private TimeSpan _lastPost;                            // since the start
    private ulong _postedNumber;                           // the newest that was posted to anybody
    private ulong _seededUntil;                            // publications up to this offset were read from history
    private long _countedBytes;                            // what the metric knows
    private bool _isArmed;

    public Conflation(
        string channel, Derivation.Latest derivation, TagsFilter? filter, ChannelOptions options, int maxQueuedBytes, GatewayMetrics metrics, TimeProvider time, Action<Conflation> onTime)
    {
        _filter = filter;
        _every = derivation.Every;
        _latest = new LatestByKey(options.ConflationKey, options.ConflationMaxKeys);
        var slowBytes = Math.Min(options.AdaptiveQueuedBytes, maxQueuedBytes / 2);
        _rule = new LagRule(slowBytes, maxQueuedBytes / 2, options.AdaptiveReturn);
        _frames = new NewestFrames(channel, _latest, slowBytes / 2); // leaves room for what else the connection gets
        _lastPost = -_every; // the first goes at once
        _metrics = metrics;
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(_ => onTime(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True when nobody is left.</summary>
    public bool IsEmpty => _conflated.Count + _fast.Count == 0;

    /// <summary>True when it is what this asks for.</summary>
    public bool Is(Derivation.Latest derivation, TagsFilter? filter) =>
        derivation.Every == _every && (_filter is null ? filter is null : filter is not null && _filter.IsSameAs(filter));

    /// <summary>Takes what history has over, as far as it goes: who comes first gets more than what comes from now on.</summary>
    public void Seed(IReadOnlyList<Publication> publications, ulong until)
    {
        foreach (var publication in publications)
        {
            Keep(publication);
        }

        _seededUntil = until; // the gateway may stand before it: what is delivered up to here is in the table
        Forget(lost: null);
    }

    /// <summary>
    /// Adds a subscriber whose reply is queued, and posts the newest of each key to it, unless its reply had the channel's
    /// state. Returns how many publications that were.
    /// </summary>
    public int Add(LatestSubscriber subscriber, bool hasState)
    {
        // It has got what the table has, and nothing of what was read for it where somebody else was first.
        subscriber.Subscription.SkipUntil = hasState ? Math.Max(subscriber.Subscription.SkipUntil, _seededUntil) : _seededUntil;
        subscriber.Number = hasState ? _latest.Number : 0;
        var posted = Post([subscriber]);
        subscriber.IsConflated = !WhileSlow(subscriber) || subscriber.Number < _latest.Number || _rule.IsSlow(subscriber.QueuedBytes, subscriber.WaitingBytes);
        Add(subscriber);
        Arm();
        return posted;
    }

    /// <summary>Takes a subscriber out.</summary>
    public void Remove(LatestSubscriber subscriber)
    {
        var list = subscriber.IsConflated ? _conflated : _fast;
        var last = list[^1];
        list[subscriber.Index] = last; // takes its place, so that a large channel stays cheap to leave
        last.Index = subscriber.Index;
        list.RemoveAt(list.Count - 1);
        if (subscriber.IsConflated && WhileSlow(subscriber))
        {
            _metrics.SlowCount(-1);
        }
    }

    /// <summary>A publication is about to be delivered: those whose queue is too long for it get only the newest from here on.</summary>
    public void FindSlow(SubscriberGroups groups)
    {
        for (var i = _fast.Count - 1; i >= 0; i--)
        {
            var subscriber = _fast[i];
            if (_rule.IsSlow(subscriber.QueuedBytes, subscriber.WaitingBytes))
            {
                Remove(subscriber);
                subscriber.Number = _latest.Number;
                groups.Regroup(subscriber.Subscription, isConflated: true);
                Add(subscriber);
            }
        }
    }

    /// <summary>
    /// Keeps a delivered publication, and posts at once when the last time is long enough ago. Adds those to <paramref name="lost"/>
    /// whose next publication had to be forgotten. Returns how many were posted.
    /// </summary>
    public int Take(Publication publication, List<Subscription> lost)
    {
        if ((publication.Offset > 0 && publication.Offset <= _seededUntil) || (_filter is not null && !_filter.Matches(publication.Tags)))
        {
            return 0;
        }

        Keep(publication);
        var posted = 0;
        if (_latest.IsFull || (!_isArmed && _conflated.Count > 0 && Now - _lastPost >= _every))
        {
            posted = Post(_conflated);
            _lastPost = Now;
        }

        Forget(lost);
        Arm();
        return posted;
    }

    /// <summary>It is time: posts what is new to those who have room, and lets those go who are fast again.</summary>
    public int OnTime(SubscriberGroups groups)
    {
        var now = _time.GetUtcNow();
        foreach (var subscriber in _conflated)
        {
            // Before more is posted: what is posted now has not had its time to be sent.
            subscriber.IsFast = WhileSlow(subscriber) && _rule.CatchesUp(ref subscriber.Lag, subscriber.QueuedBytes, now);
        }

        _isArmed = false;
        _lastPost = Now;
        var posted = Post(_conflated);
        for (var i = _conflated.Count - 1; i >= 0; i--)
        {
            if (_conflated[i] is { IsFast: true } subscriber && subscriber.Number == _latest.Number)
            {
                Remove(subscriber);
                groups.Regroup(subscriber.Subscription, isConflated: false);
                Add(subscriber);
                _metrics.Adapted(isSlow: false);
            }
        }

        Count();
        Arm();
        return posted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _metrics.Conflated(-_countedBytes);
        _countedBytes = 0;
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    private static bool WhileSlow(LatestSubscriber subscriber) => subscriber.Subscription.Traits.Derivation is Derivation.Latest { WhileSlow: true };

    private void Add(LatestSubscriber subscriber)
    {
        var list = subscriber.IsConflated ? _conflated : _fast;
        subscriber.Index = list.Count;
        list.Add(subscriber);
        if (subscriber.IsConflated && WhileSlow(subscriber))
        {
            _rule.FellBehind(ref subscriber.Lag, _time.GetUtcNow());
            _metrics.SlowCount(1);
            _metrics.Adapted(isSlow: true);
        }
    }

    private void Keep(Publication publication)
    {
        if (_latest.Keep(publication) > _postedNumber && _conflated.Count > 0)
        {
            _metrics.ConflatedAway();
        }
    }

    /// <summary>Forgets keys until the table has its size. Those who had not got them are told, as of any loss.</summary>
    private void Forget(List<Subscription>? lost)
    {
        while (_latest.IsFull && _latest.Count > 1)
        {
            var number = _latest.ForgetOldest();
            foreach (var subscriber in _conflated)
            {
                if (subscriber.Number < number && lost is not null && !lost.Contains(subscriber.Subscription))
                {
                    lost.Add(subscriber.Subscription);
                }
            }

            _metrics.ConflationForgot();
        }

        Count();
    }

    /// <summary>Posts what is newer than what they have to those whose queue is short, the same bytes to all that have the same.</summary>
    private int Post(List<LatestSubscriber> subscribers)
    {
        var posted = 0;
        foreach (var same in subscribers
            .Where(subscriber => subscriber.Number < _latest.Number && subscriber.QueuedBytes <= _rule.ShortBytes)
            .GroupBy(subscriber => (subscriber.Number, subscriber.Subscription.Connection.Codec)))
        {
            var snapshot = _frames.Since(same.Key.Number, same.Key.Codec);
            foreach (var shard in same.GroupBy(subscriber => subscriber.Subscription.Connection.Writer.Shard))
            {
                posted += snapshot is null ? Refuse(shard) : Post(shard.Key, [.. shard], snapshot);
            }
        }

        return posted;
    }

    private int Post(WriterShard shard, LatestSubscriber[] subscribers, NewestFrames.Snapshot snapshot)
    {
        var writers = Array.ConvertAll(subscribers, subscriber => subscriber.Subscription.Connection.Writer);
        var audience = new FanOut.Audience(snapshot.Codec, writers, writers.Length);
        FanOut? fanOut = null;
        if (!snapshot.Frames.TrueForAll(frame => shard.TryPost(ref fanOut, audience, frame, join: null)))
        {
            Array.ForEach(writers, writer => writer.Overflow());
        }

        Array.ForEach(subscribers, subscriber => subscriber.Number = snapshot.UpTo);
        _postedNumber = Math.Max(_postedNumber, snapshot.UpTo);
        return subscribers.Length * snapshot.Publications;
    }

    /// <summary>Bytes that are not JSON cannot go to a JSON connection (protocol §3).</summary>
    private int Refuse(IEnumerable<LatestSubscriber> subscribers)
    {
        foreach (var subscriber in subscribers)
        {
            subscriber.Number = _latest.Number;
            subscriber.Subscription.Connection.Close(DisconnectCode.InappropriateProtocol);
        }

        return 0;
    }

    /// <summary>Wakes it while there is something to do: somebody has not got everything, or may be fast again.</summary>
    private void Arm()
    {
        if (_isArmed || !_conflated.Exists(subscriber => WhileSlow(subscriber) || subscriber.Number < _latest.Number))
        {
            return;
        }

        var wait = _lastPost + _every - Now;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        _isArmed = true;
    }

    private void Count()
    {
        if (_latest.Bytes != _countedBytes)
        {
            _metrics.Conflated(_latest.Bytes - _countedBytes);
            _countedBytes = _latest.Bytes;
        }
    }
}
