using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions.Derived;
using Wire = WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// The live subscribers of a channel on this gateway that get the same bytes: same protocol, with or without delta. Those who
/// get only the newest now are in groups of their own, which get joins and leaves alone from here. Not safe by itself: the
/// channel's lock guards it.
/// </summary>
internal sealed class SubscriberGroup(IProtocolCodec codec, bool delta, bool isConflated)
{
    private readonly IProtocolCodec _codec = codec;
    private readonly bool _delta = delta;
    private readonly List<ShardSubscribers> _shards = []; // those that somebody was in
    private readonly List<Subscription> _full = [];   // who gets the message that is being delivered; empty in between, like the next
    private readonly List<Subscription> _shortened = [];
    private ulong _skipUntil; // the highest of the subscribers

    /// <summary>The subscribers.</summary>
    public IEnumerable<Subscription> Subscriptions => _shards.SelectMany(shard => shard.Subscriptions);

    /// <summary>True when what is published does not come to its subscribers from here.</summary>
    public bool IsConflated => isConflated;

    /// <summary>True when the group's subscribers have this protocol and delta setting, and get as much.</summary>
    public bool Takes(Subscription subscription) =>
        subscription.Connection.Codec == _codec && subscription.Traits.Delta == _delta && subscription.IsConflated == isConflated;

    /// <summary>Adds a subscriber.</summary>
    public void Add(Subscription subscription)
    {
        _skipUntil = Math.Max(_skipUntil, subscription.SkipUntil);
        ShardOf(subscription).Add(subscription);
    }

    /// <summary>Removes a subscriber.</summary>
    public void Remove(Subscription subscription) => ShardOf(subscription).Remove(subscription);

    /// <summary>Publications were lost for good: no delta has a base any more, and offsets may start anew.</summary>
    public void ForgetPositions()
    {
        _skipUntil = 0;
        foreach (var subscription in Subscriptions)
        {
            subscription.HasDeltaBase = false;
            subscription.SkipUntil = 0;
        }
    }

    /// <summary>
    /// Posts a publication to every subscriber that wants it. It is encoded at most twice (full, and as a delta), however
    /// many there are. Returns how many get it. <paramref name="join"/> is what the publication asks of their shards.
    /// </summary>
    public int Deliver(string channel, Publication publication, Publication? previous, JoinRequest? join)
    {
        var reached = 0;
        var encoded = default(Encoded);
        var reachesAll = !_delta && (publication.Offset == 0 || publication.Offset > _skipUntil);
        foreach (var shard in _shards)
        {
            if (shard.Subscriptions.Count == 0)
            {
                continue;
            }

            if (!reachesAll || !shard.GetsAll)
            {
                Choose(shard, publication);
            }
            else if (encoded.Full(this, channel, publication) is { } message)
            {
                reached += shard.Subscriptions.Count;
                shard.Post(message, join);
            }
            else
            {
                Refuse(shard.Subscriptions);
            }

            reached += _full.Count + _shortened.Count;
            if (_full.Count > 0)
            {
                Post(shard, _full, encoded.Full(this, channel, publication), join);
            }

            if (_shortened.Count > 0)
            {
                Post(shard, _shortened, encoded.Shortened(this, channel, publication, previous), join);
            }
        }

        return reached;
    }

    /// <summary>Posts a join or leave to every subscriber that gets them.</summary>
    public void DeliverPresence(Reply push)
    {
        OutboundMessage? message = null;
        foreach (var shard in _shards)
        {
            foreach (var subscription in shard.Subscriptions)
            {
                if (subscription.Traits.ReceivesJoinLeave)
                {
                    _full.Add(subscription);
                }
            }

            if (_full.Count > 0)
            {
                Post(shard, _full, message ??= OutboundMessage.TryEncode(_codec, push, deltaData: false, out var encoded) ? encoded : null, join: null);
            }
        }
    }

    /// <summary>Finds out who wants a publication, and as what.</summary>
    private void Choose(ShardSubscribers shard, Publication publication)
    {
        var isOrdered = publication.Offset > 0;
        foreach (var subscription in shard.Subscriptions)
        {
            if (isOrdered && publication.Offset <= subscription.SkipUntil)
            {
                continue;
            }

            if (subscription.Traits.Filter is { } filter && !filter.Matches(publication.Tags))
            {
                subscription.HasDeltaBase &= !isOrdered; // the next delta starts from what it does not get
                continue;
            }

            if (subscription.Traits.Derivation is Derivation.Sample sample && subscription.Offered++ % (ulong)sample.OneOf > 0)
            {
                continue;
            }

            (_delta && subscription.HasDeltaBase ? _shortened : _full).Add(subscription);
            subscription.HasDeltaBase = isOrdered; // the client's base is what it got last; the stream's has an offset
        }
    }

    private static void Post(ShardSubscribers shard, List<Subscription> subscriptions, OutboundMessage? message, JoinRequest? join)
    {
        if (message is null)
        {
            Refuse(subscriptions);
        }
        else
        {
            shard.Post(subscriptions, message, join);
        }

        subscriptions.Clear();
    }

    /// <summary>Bytes that are not JSON cannot go to a JSON connection; Protobuf subscribers get them (§3).</summary>
    private static void Refuse(IEnumerable<Subscription> subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            subscription.Connection.Close(DisconnectCode.InappropriateProtocol);
        }
    }

    private ShardSubscribers ShardOf(Subscription subscription)
    {
        var shard = subscription.Connection.Writer.Shard;
        foreach (var known in _shards)
        {
            if (known.Shard == shard)
            {
                return known;
            }
        }

        var added = new ShardSubscribers(shard, _codec);
        _shards.Add(added);
        return added;
    }

    /// <summary>A publication's messages, each encoded when first asked for; null where the protocol cannot carry it.</summary>
    private struct Encoded
    {
        private OutboundMessage? _full;
        private OutboundMessage? _shortened;
        private bool _fails;

        public OutboundMessage? Full(SubscriberGroup group, string channel, Publication publication) =>
            _fails ? null : _full ??= Encode(group, channel, WireMessages.ToWire(publication), publication.Trace);

        public OutboundMessage? Shortened(SubscriberGroup group, string channel, Publication publication, Publication? previous) =>
            _fails ? null : _shortened ??= Encode(group, channel, WireMessages.WithDelta(previous, publication, group._codec.Kind), publication.Trace);

        private OutboundMessage? Encode(SubscriberGroup group, string channel, Wire.Publication publication, byte[]? trace)
        {
            var reply = new Reply { Push = new Push { Channel = channel, Pub = publication } };
            _fails = !OutboundMessage.TryEncode(group._codec, reply, group._delta, out var message);
            if (_fails)
            {
                return null;
            }

            message.Channel = channel;
            message.Writes = trace is null ? null : new TracedWrites(trace);
            return message;
        }
    }
}
