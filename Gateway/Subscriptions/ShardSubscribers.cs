using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Those of a group's subscribers whose connections one shard sends for. A publication that all of them get is one entry in the
/// shard's inbox. Not safe by itself: the channel's lock guards it.
/// </summary>
internal sealed class ShardSubscribers(WriterShard shard, IProtocolCodec codec)
{
    private readonly List<Subscription> _subscriptions = [];
    private ConnectionWriter[] _writers = new ConnectionWriter[1]; // in the same order; a fan-out may hold the first _lent of them
    private int _lent;
    private int _choosy; // subscribers that do not get everything
    private FanOut? _waiting; // takes more messages for exactly these subscribers, unless the shard has it already

    /// <summary>Who sends.</summary>
    public WriterShard Shard => shard;

    /// <summary>The subscribers.</summary>
    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>True when every subscriber gets every publication.</summary>
    public bool GetsAll => _choosy == 0;

    /// <summary>Adds a subscriber.</summary>
    public void Add(Subscription subscription)
    {
        if (_subscriptions.Count == _writers.Length)
        {
            Replace(_writers.Length * 2);
        }

        subscription.Index = _subscriptions.Count;
        _writers[_subscriptions.Count] = subscription.Connection.Writer;
        _subscriptions.Add(subscription);
        _choosy += subscription.Traits.IsChoosy ? 1 : 0;
        _waiting = null;
    }

    /// <summary>Removes a subscriber: the last one takes its place, so that a large channel stays cheap to leave.</summary>
    public void Remove(Subscription subscription)
    {
        if (subscription.Index < _lent)
        {
            Replace(_writers.Length);
        }

        var end = _subscriptions.Count - 1;
        var last = _subscriptions[end];
        last.Index = subscription.Index;
        (_subscriptions[last.Index], _writers[last.Index]) = (last, _writers[end]);
        _subscriptions.RemoveAt(end);
        _writers[end] = null!;
        subscription.Index = -1;
        _choosy -= subscription.Traits.IsChoosy ? 1 : 0;
        _waiting = null;
    }

    /// <summary>Posts a message to all of them.</summary>
    public void Post(OutboundMessage message, JoinRequest? join)
    {
        if (_subscriptions.Count > 0)
        {
            _lent = _subscriptions.Count;
            Post(ref _waiting, new FanOut.Audience(codec, _writers, _lent), message, join);
        }
    }

    /// <summary>Posts a message to some of them; nothing that is posted later is joined with what was posted before.</summary>
    public void Post(List<Subscription> some, OutboundMessage message, JoinRequest? join)
    {
        var writers = some.ConvertAll(subscription => subscription.Connection.Writer).ToArray();
        FanOut? own = null;
        Post(ref own, new FanOut.Audience(codec, writers, writers.Length), message, join);
        _waiting = null;
    }

    private void Post(ref FanOut? waiting, FanOut.Audience audience, OutboundMessage message, JoinRequest? join)
    {
        if (!shard.TryPost(ref waiting, audience, message, join))
        {
            foreach (var writer in audience.Writers.AsSpan(0, audience.Count))
            {
                writer.Overflow();
            }
        }
    }

    /// <summary>Takes another array: fan-outs may still hold the old one.</summary>
    private void Replace(int length)
    {
        var writers = new ConnectionWriter[length];
        _writers.AsSpan(0, _subscriptions.Count).CopyTo(writers);
        (_writers, _lent) = (writers, 0);
    }
}
