namespace WsCluster.Configuration;

/// <summary>What an acknowledged publish survives.</summary>
public enum ChannelDurability
{
    /// <summary>Memory where the namespace keeps history, None where it keeps none.</summary>
    Auto,

    /// <summary>Nothing: the publication was queued for the gateways, without an offset. For namespaces without history.</summary>
    None,

    /// <summary>The loss of clients and gateways, and silos that stop in order: history is in the memory of the channel's silo.</summary>
    Memory,

    /// <summary>
    /// The loss of any silo or gateway: history is a Redis stream. What a kill of Redis or a crash of its machine costs is what
    /// Redis has not written by then: nothing with <c>appendfsync always</c>; a second or two with <c>everysec</c>, which also puts
    /// off writing while a sync is under way.
    /// </summary>
    Redis,

    /// <summary>A kill of Redis and a crash of its machine as well: Redis has the publication on disk before it is acknowledged.</summary>
    RedisFsync,
}
