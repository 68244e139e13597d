using System.Collections.Concurrent;
using WsCluster.Routing;

namespace WsCluster.Grains.Channels;

/// <summary>
/// The channels of this silo that may be entered directly: those with gateways, which keeps their activations. All others are called
/// as grains.
/// </summary>
internal sealed class LiveChannels : ILocalChannels
{
    private readonly ConcurrentDictionary<string, ChannelEntrance> _entrances = new(StringComparer.Ordinal);

    /// <summary>The channel may be entered from now on. An entrance of an activation before it is closed.</summary>
    public void Open(string channel, ChannelEntrance entrance)
    {
        _entrances.TryGetValue(channel, out var previous);
        _entrances[channel] = entrance;
        previous?.Close();
    }

    /// <summary>Nothing enters any more once this returns.</summary>
    public void Close(string channel, ChannelEntrance entrance)
    {
        _entrances.TryRemove(KeyValuePair.Create(channel, entrance));
        entrance.Close();
    }

    /// <inheritdoc/>
    public bool TryPublish(string channel, ReadOnlySpan<PublishRequest> requests, Span<PublishOutcome> outcomes) =>
        _entrances.TryGetValue(channel, out var entrance) && entrance.TryPublish(requests, outcomes);
}
