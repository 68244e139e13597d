namespace WsCluster.Configuration;

/// <summary>What an acknowledged publish survives.</summary>
public enum ChannelDurability
{
    /// <summary>Memory where the namespace keeps history, None where it keeps none.</summary>
    Auto,

    /// <summary>Nothing: the publication was queued for the gateways, without an offset. For namespaces without history.</summary>
    None,

    /// <summary>The loss of clients and gateways: history is in the memory of the channel's silo.</summary>
    Memory,

    /// <summary>
    /// The loss of any process: history is a Redis stream. What a crash of Redis's whole machine costs is what Redis has
    /// not yet written to disk: up to a second with <c>appendfsync everysec</c>.
    /// </summary>
    Redis,

    /// <summary>A crash of Redis's machine as well: Redis has the publication on disk before it is acknowledged.</summary>
    RedisFsync,
}
