using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions.Derived;
using WsCluster.Routing;
using WsCluster.Tracing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// A channel's subscribers on this gateway: fans deliveries out in offset order and takes subscribers in and out without a
/// gap. One lock per channel guards all of it, and no await happens under it; a subscribe reply is queued under the same
/// lock as the publications, so nothing can slip between the two. How the channel's grain is reached is
/// <see cref="ChannelLink"/>'s concern.
/// </summary>
internal sealed class ChannelSubscribers : IDeadline
{
    private readonly Lock _sync = new();
    private readonly ChannelDirectory _directory;
    private readonly SubscriberGroups _subscribers; // guarded by _sync, like all fields below
    private readonly StreamReceiver _receiver = new();
    private readonly HeldDeliveries _held;
    private DeliveryWays? _ways; // null while no relay has been in play
    private readonly RecentPublications _recent;
    private readonly ChannelLedger _ledger;
    private readonly bool _isInternal; // what the cluster says to itself is not counted
    private Publication? _latest;
    private int _entered;
    private bool _closed;

    public ChannelSubscribers(ChannelDirectory directory, string name, ChannelOptions options)
    {
        _directory = directory;
        Name = name;
        Options = options;
        _subscribers = new SubscriberGroups(options.JoinInterval, directory.Time, () => new Conflations(
            name, options, directory.Options.MaxQueuedBytes, directory.Metrics, directory.Time, OnTime));
        _held = new HeldDeliveries(directory.Metrics);
        _recent = new RecentPublications(directory.Metrics);
        _ledger = new ChannelLedger(directory.LedgerSpace, directory.Time);
        _isInternal = InternalChannels.Find(name) is not null;
        Link = new ChannelLink(this, directory);
    }

    /// <summary>The channel.</summary>
    public string Name { get; }

    /// <summary>The options of its namespace.</summary>
    public ChannelOptions Options { get; }

    /// <summary>The way to the channel's grain.</summary>
    public ChannelLink Link { get; }

    /// <summary>Hears every publication that is delivered, under the channel's lock: it must be quick and call nothing here.</summary>
    public Action<Publication>? Listener { get; set; }

    /// <summary>True when no subscriber is there or on its way: nothing needs the channel any more.</summary>
    public bool IsAbandoned
    {
        get
        {
            lock (_sync)
            {
                return IsEmpty;
            }
        }
    }

    /// <summary>Live subscribers.</summary>
    public int Count => _subscribers.Count;

    /// <summary>The last position that all local subscribers have got.</summary>
    public StreamPosition Position
    {
        get
        {
            lock (_sync)
            {
                return _receiver.Position;
            }
        }
    }

    /// <summary>Keeps the channel open for a subscriber that is on its way. False when it is being closed: get a new one.</summary>
    public bool TryEnter()
    {
        lock (_sync)
        {
            _entered += _closed ? 0 : 1;
            return !_closed;
        }
    }

    /// <summary>The counterpart of <see cref="TryEnter"/>; an empty channel lingers before it closes.</summary>
    public void Leave()
    {
        lock (_sync)
        {
            _entered--;
            LingerIfEmpty();
        }
    }

    /// <summary>True when a subscriber is to get the newest of each key, which have to be read from history first.</summary>
    public bool MustReadNewest(Subscription subscription)
    {
        lock (_sync)
        {
            return Options.HasHistory && _subscribers.Lacks(subscription);
        }
    }

    /// <summary>True unless a subscriber asks for one more way to derive from the channel than there may be.</summary>
    public bool HasRoomFor(Subscription subscription)
    {
        lock (_sync)
        {
            return _subscribers.HasRoomFor(subscription);
        }
    }

    /// <summary>Lets joins and leaves for a subscriber wait until its reply is queued.</summary>
    public void HoldPresence(Subscription subscription)
    {
        lock (_sync)
        {
            _subscribers.HoldPresence(subscription);
        }
    }

    /// <summary>From now on delivered publications are kept for subscribers that read history meanwhile.</summary>
    public void BeginRecovery()
    {
        lock (_sync)
        {
            _recent.BeginReading();
        }
    }

    /// <summary>The counterpart of <see cref="BeginRecovery"/>.</summary>
    public void EndRecovery()
    {
        lock (_sync)
        {
            _recent.EndReading();
        }
    }

    /// <summary>
    /// Makes a subscriber live. <paramref name="announce"/> builds and queues its reply from the position and, when it
    /// recovers, from what <paramref name="page"/> and the deliveries since it was read give; false from it leaves the
    /// subscriber out. It also says whether the client has a base for deltas then.
    /// </summary>
    public bool TryGoLive(
        Subscription subscription, HistoryPage? page, Func<StreamPosition, IReadOnlyList<Publication>, bool> announce)
    {
        lock (_sync)
        {
            _subscribers.EndJoining(subscription);
            var (position, publications) = page is null ? (_receiver.Position, []) : _recent.Merge(page, _receiver.Position);
            if (_closed || !_subscribers.HasRoomFor(subscription) || !announce(position, publications) || !subscription.TryGoLive())
            {
                return false;
            }

            // Recovery may have read ahead of this gateway: what the client has got must not come again.
            subscription.SkipUntil = position.Offset;
            subscription.Start = subscription.Start with { At = _directory.Time.GetUtcNow().UtcTicks, Offset = position.Offset };
            CountDelivered(_subscribers.Add(subscription, publications, position.Offset));
            return true;
        }
    }

    /// <summary>Takes a subscriber out: nothing of the channel is queued for it any more once this returns.</summary>
    public void Remove(Subscription subscription)
    {
        lock (_sync)
        {
            if (subscription.Index >= 0)
            {
                subscription.EndOffset = _receiver.Position.Offset;
            }

            _subscribers.Remove(subscription);
            LingerIfEmpty();
        }
    }

    /// <summary>Takes what was delivered of the channel.</summary>
    /// <param name="relay">The outbox of the relay that it came by; empty when the channel's silo sent it.</param>
    /// <param name="arrival">What came.</param>
    public void Deliver(Guid relay, in Arrival arrival)
    {
        lock (_sync)
        {
            if (_ways is null && relay == Guid.Empty && !arrival.IsAboutTheWay)
            {
                Accept(arrival);
            }
            else if (!Ways().Take(relay, arrival))
            {
                Link.Rebind();
            }
        }
    }

    /// <summary>The channel's silo answered a subscription: it delivers itself, and this stint and those before are over.</summary>
    public void Restart(RelayStint newest)
    {
        lock (_sync)
        {
            if (_ways is not null || newest.Number > 0)
            {
                Ways().Restart(newest);
            }
        }
    }

    /// <summary>From now on deliveries wait for <see cref="Synchronised"/>.</summary>
    public void HoldDeliveries()
    {
        lock (_sync)
        {
            _held.Hold();
        }
    }

    /// <summary>Delivers a page of what this gateway missed. False when the page does not continue where it stands.</summary>
    public bool CatchUp(HistoryPage page)
    {
        lock (_sync)
        {
            if (page.Top.Epoch != _receiver.Position.Epoch)
            {
                return false;
            }

            var before = _receiver.Position.Offset;
            var continues = page.Publications.All(p => TryDeliver(page.Top.Epoch, p, repaired: true));
            if (_receiver.Position.Offset > before)
            {
                _ledger.Happened(StreamEventKind.Repaired, before + 1, _receiver.Position.Offset);
            }

            return continues;
        }
    }

    /// <summary>
    /// The link knows the stream's position and has read what could be read up to it. Delivers what was held back;
    /// subscribers that lost something are told. False when there is another gap: read again.
    /// </summary>
    public bool Synchronised(StreamPosition top, Publication? latest)
    {
        lock (_sync)
        {
            var before = _receiver.Position;
            if (_receiver.JumpTo(top))
            {
                _ledger.Jumped(before, top);
                AnnounceLoss(_subscribers.RemovePositioned());
                _latest = null; // of another stream perhaps, at the same offset
                _recent.Clear();
            }

            if (_latest?.Offset != _receiver.Position.Offset)
            {
                _latest = latest?.Offset == _receiver.Position.Offset ? latest : null;
            }

            return _held.TryRelease((epoch, publication) => TryDeliver(epoch, publication));
        }
    }

    /// <summary>True when history may fill what lies between this gateway's position and <paramref name="top"/>.</summary>
    public bool CanCatchUp(StreamPosition top)
    {
        lock (_sync)
        {
            return _receiver.CanCatchUp(top);
        }
    }

    /// <summary>The ledger and what these subscriptions got of it, at one moment.</summary>
    public (LedgerSnapshot Ledger, SubscriptionTrace[] Traces) Explain(IReadOnlyList<Subscription> subscriptions)
    {
        lock (_sync)
        {
            var ledger = new LedgerSnapshot
            {
                Position = _receiver.Position,
                IsSynchronising = _held.IsHolding,
                EpochSince = _ledger.EpochSince,
                Arrivals = _ledger.Arrivals,
                Events = _ledger.Events,
            };
            return (ledger, [.. subscriptions.Select(SubscriptionTrace.Of)]);
        }
    }

    DateTimeOffset? IDeadline.OnDeadline(DateTimeOffset now)
    {
        lock (_sync)
        {
            if (_closed || !IsEmpty)
            {
                return null; // someone came; leaving again starts a new linger
            }

            if (!Link.IsQuiet)
            {
                return now + TimeSpan.FromSeconds(1); // a leave is still on its way to the grain
            }

            _closed = true;
            _ledger.Close();
            _ways?.Close();
        }

        _directory.Close(this);
        return null;
    }

    private DeliveryWays Ways() => _ways ??= new DeliveryWays(Accept, Link.Turn, _directory.Metrics);

    /// <summary>Takes what is due.</summary>
    private void Accept(Arrival arrival)
    {
        if (arrival.Publication is not { } publication)
        {
            _subscribers.DeliverPresence(WireMessages.Announcement(Name, arrival.Info!, arrival.Kind == DeliveryKind.Join));
        }
        else if (_held.IsHolding)
        {
            _held.Add(arrival.Epoch, publication);
        }
        else if (!TryDeliver(arrival.Epoch, publication))
        {
            _ledger.Happened(StreamEventKind.Gap, _receiver.Position.Offset + 1, publication.Offset - 1);
            _held.Hold();
            _held.Add(arrival.Epoch, publication);
            Link.Synchronise(subscribe: false);
        }
    }

    private bool IsEmpty => _entered == 0 && _subscribers.Count == 0;

    /// <summary>Fans out unless something before it is missing.</summary>
    private bool TryDeliver(string epoch, Publication publication, bool repaired = false)
    {
        switch (_receiver.Receive(epoch, publication.Offset))
        {
            case Receipt.Gap:
                return false;
            case Receipt.Deliver:
                CountDelivered(Fan(publication));
                _ledger.Arrived(publication, repaired);
                Listener?.Invoke(publication);
                if (publication.Offset > 0)
                {
                    _recent.Add(publication);
                    _latest = Options.AllowsFossilDelta ? publication : null;
                }

                if (_subscribers.HasLost)
                {
                    AnnounceLoss(_subscribers.RemoveLost());
                }

                return true;
            case Receipt.Duplicate:
                _ledger.Happened(StreamEventKind.Duplicate, publication.Offset, publication.Offset);
                return true;
            default:
                _ledger.Happened(StreamEventKind.Foreign, publication.Offset, publication.Offset);
                return true;
        }
    }

    private int Fan(Publication publication)
    {
        using var span = PublishTrace.Continue("deliver", publication.Trace, Name);
        var traced = span is null ? publication : publication with { Trace = PublishTrace.ContextOf(span) };
        var subscribers = _subscribers.Deliver(Name, traced, _latest);
        span?.SetTag("wscluster.subscribers", subscribers);
        return subscribers;
    }

    private void OnTime(Conflation conflation)
    {
        lock (_sync)
        {
            CountDelivered(_subscribers.OnTime(conflation));
        }
    }

    private void CountDelivered(int publications)
    {
        if (!_isInternal && publications > 0)
        {
            _directory.Metrics.Delivered(publications);
        }
    }

    /// <summary>Publications were lost for good: these subscribers, who are out already, must recover or start anew (§9).</summary>
    private void AnnounceLoss(List<Subscription> subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            subscription.EndOffset = _receiver.Position.Offset;
            _directory.StateLost(subscription);
        }

        LingerIfEmpty();
    }

    private void LingerIfEmpty()
    {
        if (IsEmpty && !_closed)
        {
            _directory.WakeAfterLinger(this);
        }
    }
}
