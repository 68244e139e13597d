using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using Wire = WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// The live subscribers of a channel on this gateway that get the same bytes: same protocol, with or without delta. Not
/// safe by itself: the channel's lock guards it.
/// </summary>
internal sealed class SubscriberGroup(IProtocolCodec codec, bool delta)
{
    private readonly List<Subscription> _subscriptions = [];

    /// <summary>The subscribers.</summary>
    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>True when the group's subscribers have this protocol and delta setting.</summary>
    public bool Takes(Subscription subscription) => subscription.Connection.Codec == codec && subscription.Traits.Delta == delta;

    /// <summary>Adds a subscriber.</summary>
    public void Add(Subscription subscription)
    {
        subscription.Index = _subscriptions.Count;
        _subscriptions.Add(subscription);
    }

    /// <summary>Removes a subscriber: the last one takes its place, so that a large channel stays cheap to leave.</summary>
    public void Remove(Subscription subscription)
    {
        var last = _subscriptions[^1];
        _subscriptions[subscription.Index] = last;
        last.Index = subscription.Index;
        _subscriptions.RemoveAt(_subscriptions.Count - 1);
        subscription.Index = -1;
    }

    /// <summary>
    /// Queues a publication to every subscriber that wants it. It is encoded at most twice (full, and as a delta), however
    /// many there are. Returns how many got it.
    /// </summary>
    public int Deliver(string channel, Publication publication, Publication? previous)
    {
        if (_subscriptions.Count == 0)
        {
            return 0;
        }

        var queued = 0;
        OutboundMessage? full = null;
        OutboundMessage? shortened = null;
        var encodable = true;
        for (var i = _subscriptions.Count - 1; i >= 0; i--)
        {
            var subscription = _subscriptions[i];
            var ordered = publication.Offset > 0;
            if (ordered && publication.Offset <= subscription.SkipUntil)
            {
                continue;
            }

            if (subscription.Traits.Filter is { } filter && !filter.Matches(publication.Tags))
            {
                subscription.HasDeltaBase &= !ordered; // the next delta starts from what it does not get
                continue;
            }

            var message = delta && subscription.HasDeltaBase
                ? shortened ??= Encode(channel, WireMessages.WithDelta(previous, publication, codec.Kind), publication.Trace, ref encodable)
                : full ??= Encode(channel, WireMessages.ToWire(publication), publication.Trace, ref encodable);
            subscription.HasDeltaBase = ordered; // the client's base is what it got last; the stream's has an offset
            if (encodable)
            {
                subscription.Connection.Writer.Enqueue(message);
                queued++;
            }
            else
            {
                // Bytes that are not JSON cannot go to a JSON connection; Protobuf subscribers get them (§3).
                subscription.Connection.Close(DisconnectCode.InappropriateProtocol);
            }
        }

        return queued;
    }

    /// <summary>Queues a join or leave to every subscriber that gets them.</summary>
    public void DeliverPresence(Reply push)
    {
        OutboundMessage? message = null;
        foreach (var subscription in _subscriptions)
        {
            if (!subscription.Traits.ReceivesJoinLeave)
            {
                continue;
            }

            if (message is null && !OutboundMessage.TryEncode(codec, push, deltaData: false, out message))
            {
                subscription.Connection.Close(DisconnectCode.InappropriateProtocol);
                message = null;
                continue;
            }

            subscription.Connection.Writer.Enqueue(message);
        }
    }

    private OutboundMessage Encode(string channel, Wire.Publication publication, byte[]? trace, ref bool encodable)
    {
        encodable = OutboundMessage.TryEncode(
            codec, new Reply { Push = new Push { Channel = channel, Pub = publication } }, delta, out var message);
        if (encodable)
        {
            message.Channel = channel;
        }

        if (encodable && trace is not null)
        {
            message.Writes = new TracedWrites(trace);
        }

        return message;
    }
}
