using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;

namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>
/// What a conflation's subscribers are posted: the newest of each key behind a number, encoded once and joined into as few frames as may
/// be. Many who join at the same time get the same. Not safe by itself: the channel's lock guards it.
/// </summary>
/// <param name="channel">The channel.</param>
/// <param name="latest">The newest of each key.</param>
/// <param name="mostBytes">Bytes for a subscriber at a time.</param>
internal sealed class NewestFrames(string channel, LatestByKey latest, int mostBytes)
{
    private Snapshot? _last;

    /// <summary>What came after a number, up to what is posted at a time. Null when the protocol cannot carry one of them.</summary>
    public Snapshot? Since(ulong number, IProtocolCodec codec)
    {
        if (_last is { } last && last.Since == number && last.Newest == latest.Number && last.Codec == codec)
        {
            return last;
        }

        var messages = new List<OutboundMessage>();
        var (bytes, upTo) = (0, number);
        foreach (var publication in latest.Since(number))
        {
            var message = publication.Encode(channel, codec, out var grown);
            latest.Grew(grown);
            if (message is null)
            {
                return null;
            }

            if (bytes > 0 && bytes + message.Length > mostBytes)
            {
                break;
            }

            messages.Add(message);
            bytes += message.Length;
            upTo = publication.Number;
        }

        return _last = new Snapshot(codec, number, latest.Number, upTo, Join(messages, codec), messages.Count);
    }

    private static List<OutboundMessage> Join(List<OutboundMessage> messages, IProtocolCodec codec)
    {
        var frames = new List<OutboundMessage>(1);
        for (var taken = 0; taken < messages.Count;)
        {
            var join = new MessageJoin(codec);
            while (taken < messages.Count && join.TryAdd(messages[taken]))
            {
                taken++;
            }

            frames.Add(join.ToMessage());
        }

        return frames;
    }

    /// <summary>What is posted to those who have the same.</summary>
    /// <param name="Codec">For whom.</param>
    /// <param name="Since">Behind this number.</param>
    /// <param name="Newest">The newest that there was.</param>
    /// <param name="UpTo">The newest of them.</param>
    /// <param name="Frames">They.</param>
    /// <param name="Publications">How many.</param>
    internal sealed record Snapshot(IProtocolCodec Codec, ulong Since, ulong Newest, ulong UpTo, List<OutboundMessage> Frames, int Publications);
}
