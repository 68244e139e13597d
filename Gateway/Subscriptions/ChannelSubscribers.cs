using WsCluster.Configuration;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// A channel's subscribers on this gateway: fans deliveries out in offset order and takes subscribers in and out without a
/// gap. One lock per channel guards all of it, and no await happens under it; a subscribe reply is queued under the same
/// lock as the publications, so nothing can slip between the two. How the channel's grain is reached is
/// <see cref="ChannelLink"/>'s concern.
/// </summary>
internal sealed class ChannelSubscribers : IDeadline
{
    /// <summary>
    /// Bytes of deliveries kept while the link synchronises, and again while recoveries read history. Beyond it they are
    /// dropped: the gap is then read from history, or the recovery fails honestly.
    /// </summary>
    private const int MaxKeptBytes = 4 * 1024 * 1024;

    private readonly Lock _sync = new();
    private readonly ChannelDirectory _directory;
    private readonly SubscriberGroup[] _groups =
    [
        new(ProtocolCodecs.Json, delta: false),
        new(ProtocolCodecs.Protobuf, delta: false),
        new(ProtocolCodecs.Json, delta: true),
        new(ProtocolCodecs.Protobuf, delta: true),
    ];

    private readonly StreamReceiver _receiver = new();
    private readonly List<Subscription> _joining = []; // subscribers that hold joins back until their reply
    private List<(string Epoch, Publication Publication)>? _held; // null: deliveries go straight out
    private List<Publication>? _recent; // what was delivered while recoveries read history; null when none does
    private int _heldBytes;
    private bool _heldTooMany; // some were dropped: only history has them
    private int _recentBytes;
    private Publication? _latest;
    private int _recoveries;
    private int _entered;
    private int _live;
    private bool _closed;

    public ChannelSubscribers(ChannelDirectory directory, string name, ChannelOptions options)
    {
        _directory = directory;
        Name = name;
        Options = options;
        Link = new ChannelLink(this, directory);
    }

    /// <summary>The channel.</summary>
    public string Name { get; }

    /// <summary>The options of its namespace.</summary>
    public ChannelOptions Options { get; }

    /// <summary>The way to the channel's grain.</summary>
    public ChannelLink Link { get; }

    /// <summary>True when no subscriber is there or on its way: nothing needs the channel any more.</summary>
    public bool IsAbandoned
    {
        get
        {
            lock (_sync)
            {
                return _entered == 0 && _live == 0;
            }
        }
    }

    /// <summary>Live subscribers.</summary>
    public int Count => Volatile.Read(ref _live);

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

    /// <summary>Lets joins and leaves for a subscriber wait until its reply is queued.</summary>
    public void HoldPresence(Subscription subscription)
    {
        lock (_sync)
        {
            subscription.HeldPresence = [];
            _joining.Add(subscription);
        }
    }

    /// <summary>From now on delivered publications are kept for subscribers that read history meanwhile.</summary>
    public void BeginRecovery()
    {
        lock (_sync)
        {
            _recoveries++;
            _recent ??= [];
        }
    }

    /// <summary>The counterpart of <see cref="BeginRecovery"/>.</summary>
    public void EndRecovery()
    {
        lock (_sync)
        {
            if (--_recoveries == 0)
            {
                _recent = null;
                _recentBytes = 0;
            }
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
            _joining.Remove(subscription);
            var (position, publications) = page is null ? (_receiver.Position, []) : Merge(page);
            if (_closed || !announce(position, publications) || !subscription.TryGoLive())
            {
                return false;
            }

            // Recovery may have read ahead of this gateway: what the client has got must not come again.
            subscription.SkipUntil = position.Offset;
            Array.Find(_groups, g => g.Takes(subscription))!.Add(subscription);
            _live++;
            foreach (var push in subscription.HeldPresence ?? [])
            {
                subscription.Connection.Send(push);
            }

            subscription.HeldPresence = null;
            return true;
        }
    }

    /// <summary>Takes a subscriber out: nothing of the channel is queued for it any more once this returns.</summary>
    public void Remove(Subscription subscription)
    {
        lock (_sync)
        {
            RemoveLocked(subscription);
            LingerIfEmpty();
        }
    }

    /// <summary>Takes a delivered publication.</summary>
    public void Deliver(string epoch, Publication publication)
    {
        lock (_sync)
        {
            if (_held is not null)
            {
                Keep(epoch, publication);
            }
            else if (!TryDeliver(epoch, publication))
            {
                HoldDeliveries();
                Keep(epoch, publication);
                Link.Synchronise(subscribe: false);
            }
        }
    }

    /// <summary>Takes a delivered join or leave.</summary>
    public void DeliverPresence(ClientInfo info, bool joined)
    {
        var wire = WireMessages.ToWire(info);
        var push = new Reply { Push = new Push { Channel = Name } };
        if (joined)
        {
            push.Push.Join = new Join { Info = wire };
        }
        else
        {
            push.Push.Leave = new Leave { Info = wire };
        }

        lock (_sync)
        {
            foreach (var subscription in _joining)
            {
                subscription.HeldPresence?.Add(push);
            }

            foreach (var group in _groups)
            {
                group.DeliverPresence(push);
            }
        }
    }

    /// <summary>From now on deliveries wait for <see cref="Synchronised"/>.</summary>
    public void HoldDeliveries()
    {
        lock (_sync)
        {
            if (_held is null)
            {
                _held = [];
                _heldBytes = 0;
                _heldTooMany = false;
            }
        }
    }

    /// <summary>Delivers a page of what this gateway missed. False when the page does not continue where it stands.</summary>
    public bool CatchUp(HistoryPage page)
    {
        lock (_sync)
        {
            return page.Top.Epoch == _receiver.Position.Epoch && page.Publications.All(p => TryDeliver(page.Top.Epoch, p));
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
            if (_receiver.JumpTo(top))
            {
                AnnounceLoss();
                _latest = null; // of another stream perhaps, at the same offset
                _recent?.Clear();
            }

            if (_latest?.Offset != _receiver.Position.Offset)
            {
                _latest = latest?.Offset == _receiver.Position.Offset ? latest : null;
            }

            var held = _held ?? [];
            for (var i = 0; i < held.Count; i++)
            {
                if (!TryDeliver(held[i].Epoch, held[i].Publication))
                {
                    held.RemoveRange(0, i);
                    return false;
                }
            }

            if (_heldTooMany)
            {
                _held = null;
                HoldDeliveries();
                return false; // nothing may come after what was dropped, so nothing else would show the gap
            }

            _held = null;
            return true;
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

    DateTimeOffset? IDeadline.OnDeadline(DateTimeOffset now)
    {
        lock (_sync)
        {
            if (_closed || _entered > 0 || _live > 0)
            {
                return null; // someone came; leaving again starts a new linger
            }

            if (!Link.IsQuiet)
            {
                return now + TimeSpan.FromSeconds(1); // a leave is still on its way to the grain
            }

            _closed = true;
        }

        _directory.Close(this);
        return null;
    }

    /// <summary>Fans out unless something before it is missing.</summary>
    private bool TryDeliver(string epoch, Publication publication)
    {
        switch (_receiver.Receive(epoch, publication.Offset))
        {
            case Receipt.Gap:
                return false;
            case Receipt.Deliver:
                foreach (var group in _groups)
                {
                    group.Deliver(Name, publication, _latest);
                }

                if (publication.Offset > 0)
                {
                    KeepRecent(publication);
                    _latest = Options.AllowsFossilDelta ? publication : null;
                }

                return true;
            default:
                return true;
        }
    }

    private void Keep(string epoch, Publication publication)
    {
        if (_heldBytes < MaxKeptBytes)
        {
            _held!.Add((epoch, publication));
            _heldBytes += publication.Data.Length + 64;
        }
        else
        {
            _heldTooMany = true;
        }
    }

    private void KeepRecent(Publication publication)
    {
        if (_recent is not null && _recentBytes < MaxKeptBytes)
        {
            _recent.Add(publication);
            _recentBytes += publication.Data.Length + 64;
        }
    }

    /// <summary>What a recovering subscriber gets: the page, and what was delivered here after it was read.</summary>
    private (StreamPosition Position, IReadOnlyList<Publication> Publications) Merge(HistoryPage page)
    {
        var top = page.Top;
        if (_receiver.Position.Epoch != top.Epoch)
        {
            return (_receiver.Position, []); // what was read is of another life of the stream than what is delivered here
        }

        if (_receiver.Position.Offset <= top.Offset)
        {
            return (top, page.Publications);
        }

        var since = (_recent ?? []).FindAll(p => p.Offset > top.Offset);
        if ((ulong)since.Count != _receiver.Position.Offset - top.Offset)
        {
            return (_receiver.Position, page.Publications); // does not reach the position: decided as not recovered
        }

        return (_receiver.Position, [.. page.Publications, .. since]);
    }

    /// <summary>Publications were lost for good: positioned subscribers must recover or start anew (§9).</summary>
    private void AnnounceLoss()
    {
        foreach (var group in _groups)
        {
            foreach (var subscription in group.Subscriptions.ToArray())
            {
                subscription.HasDeltaBase = false;
                subscription.SkipUntil = 0; // offsets may start anew
                if (subscription.Traits.Positioned)
                {
                    RemoveLocked(subscription);
                    _directory.StateLost(subscription);
                }
            }
        }

        LingerIfEmpty();
    }

    private void RemoveLocked(Subscription subscription)
    {
        _joining.Remove(subscription);
        if (subscription.Index >= 0)
        {
            Array.Find(_groups, g => g.Takes(subscription))!.Remove(subscription);
            _live--;
        }
    }

    private void LingerIfEmpty()
    {
        if (_entered == 0 && _live == 0 && !_closed)
        {
            _directory.WakeAfterLinger(this);
        }
    }
}
