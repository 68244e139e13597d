using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>The newest publication of a key, encoded once for each protocol that asks for it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Number">Counts what was kept for any key: who has got a number has got all before it.</param>
/// <param name="Publication">The publication.</param>
internal sealed record LatestPublication(string Key, ulong Number, Publication Publication)
{
    private readonly List<(IProtocolCodec Codec, OutboundMessage? Message)> _encoded = new(1);

    /// <summary>What it costs to keep it.</summary>
    public int Bytes { get; private set; } = KeptBytes.Of(Publication);

    /// <summary>The push; null when the protocol cannot carry it. <paramref name="grown"/>: by how much <see cref="Bytes"/> grew.</summary>
    public OutboundMessage? Encode(string channel, IProtocolCodec codec, out int grown)
    {
        grown = 0;
        foreach (var (known, encoded) in _encoded)
        {
            if (known == codec)
            {
                return encoded;
            }
        }

        var push = new Reply { Push = new Push { Channel = channel, Pub = WireMessages.ToWire(Publication) } };
        var message = OutboundMessage.TryEncode(codec, push, deltaData: false, out var made) ? made : null;
        if (message is not null)
        {
            message.Channel = channel;
            grown = message.Length;
            Bytes += grown;
        }

        _encoded.Add((codec, message));
        return message;
    }
}
