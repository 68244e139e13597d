using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// A channel's live subscribers on this gateway, grouped by what bytes they get, and those that join. Not safe by itself:
/// the channel's lock guards it; only <see cref="Count"/> may be read without.
/// </summary>
internal sealed class SubscriberGroups(TimeSpan joinInterval, TimeProvider time)
{
    /// <summary>Joins and leaves that wait for one subscriber's reply. One more closes its connection as slow (3008).</summary>
    public const int MaxHeldPresence = 10_000;

    private readonly List<SubscriberGroup> _groups = []; // those that somebody was in: most channels need one or two
    private readonly List<Subscription> _joining = []; // subscribers that hold joins back until their reply
    private readonly PublicationPace _pace = new(joinInterval, time);
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

    /// <summary>Adds a subscriber whose reply is queued, and queues the joins and leaves that waited for it.</summary>
    public void Add(Subscription subscription)
    {
        GroupOf(subscription).Add(subscription);
        _live++;
        foreach (var push in subscription.HeldPresence ?? [])
        {
            subscription.Connection.Send(push);
        }

        subscription.HeldPresence = null;
    }

    /// <summary>Removes a subscriber, live or joining. One that is neither is ignored.</summary>
    public void Remove(Subscription subscription)
    {
        _joining.Remove(subscription);
        if (subscription.Index >= 0)
        {
            GroupOf(subscription).Remove(subscription);
            _live--;
        }
    }

    /// <summary>Queues a publication to every subscriber that wants it. Returns how many get it.</summary>
    public int Deliver(string channel, Publication publication, Publication? previous)
    {
        var reached = 0;
        var join = _pace.Next();
        foreach (var group in _groups)
        {
            reached += group.Deliver(channel, publication, previous, join);
        }

        return reached;
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
    /// taken out: they must recover or start anew (§9). Returns those.
    /// </summary>
    public List<Subscription> RemovePositioned()
    {
        var removed = new List<Subscription>();
        foreach (var group in _groups)
        {
            group.ForgetPositions();
            foreach (var subscription in group.Subscriptions.ToArray())
            {
                if (subscription.Traits.Positioned)
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

        var added = new SubscriberGroup(subscription.Connection.Codec, subscription.Traits.Delta);
        _groups.Add(added);
        return added;
    }
}
