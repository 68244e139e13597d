using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions.Derived;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// A channel's live subscribers on this gateway, grouped by what bytes they get, and those that join. Not safe by itself:
/// the channel's lock guards it; only <see cref="Count"/> may be read without.
/// </summary>
/// <param name="joinInterval">The channel's option.</param>
/// <param name="time">Tells how close together publications come.</param>
/// <param name="createConflations">Makes what a channel needs where somebody asks for less than everything.</param>
internal sealed class SubscriberGroups(TimeSpan joinInterval, TimeProvider time, Func<Conflations> createConflations)
{
    /// <summary>Joins and leaves that wait for one subscriber's reply. One more closes its connection as slow (3008).</summary>
    public const int MaxHeldPresence = 10_000;

    private readonly List<SubscriberGroup> _groups = []; // those that somebody was in: most channels need one or two
    private readonly List<Subscription> _joining = []; // subscribers that hold joins back until their reply
    private readonly PublicationPace _pace = new(joinInterval, time);
    private readonly List<Subscription> _lost = []; // they missed something of what they were to get; empty unless somebody did
    private Conflations? _conflations; // null in a channel where nobody asked for less than everything
    private int _live;

    /// <summary>Live subscribers.</summary>
    public int Count => Volatile.Read(ref _live);

    /// <summary>Lets joins and leaves for a subscriber wait until it is added.</summary>
    public void HoldPresence(Subscription subscription)
    {
        subscription.HeldPresence = [];
        _joining.Add(subscription);
    }

    /// <summary>The subscriber is about to be added: its reply is queued now, what comes after need not wait.</summary>
    public void EndJoining(Subscription subscription) => _joining.Remove(subscription);

    /// <summary>True when it is to get the newest of each key, and nobody here knows them yet.</summary>
    public bool Lacks(Subscription subscription) =>
        subscription.Traits.Derivation is Derivation.Latest latest && _conflations?.Lacks(latest, subscription.Traits.Filter) is null or true;

    /// <summary>True unless the subscriber asks for one derivation too many.</summary>
    public bool HasRoomFor(Subscription subscription) =>
        subscription.Traits.Derivation is not Derivation.Latest latest || _conflations?.HasRoomFor(latest, subscription.Traits.Filter) is null or true;

    /// <summary>
    /// Adds a subscriber whose reply is queued, and queues the joins and leaves that waited for it. Returns how many publications
    /// were posted to it.
    /// </summary>
    /// <param name="subscription">The subscriber.</param>
    /// <param name="read">What was read from history for it, if anything.</param>
    /// <param name="until">The offset up to which that reaches.</param>
    public int Add(Subscription subscription, IReadOnlyList<Publication> read, ulong until)
    {
        var posted = 0;
        if (subscription.Traits.Derivation is Derivation.Latest latest)
        {
            _conflations ??= createConflations();
            posted = _conflations.Add(subscription, latest, read, until);
        }

        GroupOf(subscription).Add(subscription);
        _live++;
        foreach (var push in subscription.HeldPresence ?? [])
        {
            subscription.Connection.Send(push);
        }

        subscription.HeldPresence = null;
        return posted;
    }

    /// <summary>Changes how much a live subscriber gets from now on.</summary>
    public void Regroup(Subscription subscription, Action change)
    {
        GroupOf(subscription).Remove(subscription);
        change();
        GroupOf(subscription).Add(subscription);
    }

    /// <summary>Removes a subscriber, live or joining. One that is neither is ignored.</summary>
    public void Remove(Subscription subscription)
    {
        _joining.Remove(subscription);
        if (subscription.Index >= 0)
        {
            GroupOf(subscription).Remove(subscription);
            _live--;
            if (subscription.Latest is { } latest)
            {
                _conflations!.Remove(latest);
                subscription.Latest = null;
            }
        }
    }

    /// <summary>Queues a publication to every subscriber that wants it. Returns how many get it.</summary>
    public int Deliver(string channel, Publication publication, Publication? previous)
    {
        var reached = 0;
        var join = _pace.Next();
        _conflations?.FindSlow(this);
        foreach (var group in _groups)
        {
            reached += group.IsConflated ? 0 : group.Deliver(channel, publication, previous, join);
        }

        return reached + (_conflations?.Take(publication, _lost) ?? 0);
    }

    /// <summary>A conflation's time has come. Returns how many publications were posted.</summary>
    public int OnTime(Conflation conflation) => _conflations?.OnTime(conflation, this) ?? 0;

    /// <summary>True when somebody missed something in <see cref="Deliver"/>: <see cref="RemoveLost"/>.</summary>
    public bool HasLost => _lost.Count > 0;

    /// <summary>Takes those out who missed something, and returns them.</summary>
    public List<Subscription> RemoveLost()
    {
        List<Subscription> removed = [.. _lost];
        _lost.Clear();
        removed.ForEach(Remove);
        return removed;
    }

    /// <summary>Queues a join or leave to every subscriber that gets them.</summary>
    public void DeliverPresence(Reply push)
    {
        foreach (var subscription in _joining)
        {
            if (subscription.HeldPresence is { Count: >= MaxHeldPresence })
            {
                subscription.Connection.Close(DisconnectCode.Slow);
            }
            else
            {
                subscription.HeldPresence?.Add(push);
            }
        }

        foreach (var group in _groups)
        {
            group.DeliverPresence(push);
        }
    }

    /// <summary>
    /// Publications were lost for good: no delta has a base any more, offsets may start anew, and positioned subscribers are
    /// taken out: they must recover or start anew (§9). So must those that get the newest of each key. Returns both.
    /// </summary>
    public List<Subscription> RemovePositioned()
    {
        var removed = new List<Subscription>();
        foreach (var group in _groups)
        {
            group.ForgetPositions();
            foreach (var subscription in group.Subscriptions.ToArray())
            {
                if (subscription.Traits.Positioned || subscription.Latest is not null)
                {
                    Remove(subscription);
                    removed.Add(subscription);
                }
            }
        }

        return removed;
    }

    private SubscriberGroup GroupOf(Subscription subscription)
    {
        foreach (var group in _groups)
        {
            if (group.Takes(subscription))
            {
                return group;
            }
        }

        var added = new SubscriberGroup(subscription.Connection.Codec, subscription.Traits.Delta, subscription.IsConflated);
        _groups.Add(added);
        return added;
    }
}
