namespace WsCluster.Gateway.Connections;

/// <summary>
/// Messages for many connections of one shard, who all get the same bytes. While it waits in the shard's inbox it takes more of
/// them; all are joined once, for everybody.
/// </summary>
internal sealed class FanOut(FanOut.Audience audience, OutboundMessage first, long inbox)
{
    private readonly List<OutboundMessage> _messages = [first]; // guarded by the shard's lock until the shard takes it

    /// <summary>The number of the inbox in which it waits.</summary>
    public long Inbox => inbox;

    /// <summary>Adds a message behind the others.</summary>
    public void Add(OutboundMessage message) => _messages.Add(message);

    /// <summary>Puts the messages into each queue. Writers that now have something to send, and had not before, are added to <paramref name="unsent"/>.</summary>
    public void Deliver(List<ConnectionWriter> unsent)
    {
        for (var taken = 0; taken < _messages.Count;)
        {
            var join = new MessageJoin(audience.Codec);
            while (taken < _messages.Count && join.TryAdd(_messages[taken]))
            {
                taken++;
            }

            var message = join.ToMessage();
            foreach (var writer in audience.Writers.AsSpan(0, audience.Count))
            {
                writer.Take(message, unsent);
            }
        }
    }

    /// <summary>Who gets it.</summary>
    /// <param name="Codec">Their protocol.</param>
    /// <param name="Writers">Their queues; nobody writes to these entries any more.</param>
    /// <param name="Count">How many of the entries count.</param>
    internal readonly record struct Audience(Protocol.IProtocolCodec Codec, ConnectionWriter[] Writers, int Count);
}
