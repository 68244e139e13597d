using StackExchange.Redis;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// The keys of a channel: <c>wscluster:{cluster:channel}:meta</c> and so on. What stands in braces is the hash tag, so a Redis
/// Cluster keeps them together; braces in the channel's name are escaped.
/// </summary>
internal sealed class StreamKeys
{
    public StreamKeys(string clusterId, string channel)
    {
        var escaped = channel.Replace("%", "%25", StringComparison.Ordinal).Replace("{", "%7B", StringComparison.Ordinal).Replace("}", "%7D", StringComparison.Ordinal);
        var prefix = $"wscluster:{{{clusterId}:{escaped}}}:";
        Meta = prefix + "meta";
        Stream = prefix + "stream";
        IdempotencyKeys = prefix + "keys";
        All = [Meta, Stream, IdempotencyKeys, prefix + "ages", prefix + "sets"];
    }

    /// <summary>A hash: epoch, top, owner token, last version, last call and its result, the behavior's snapshot and its offset.</summary>
    public RedisKey Meta { get; }

    /// <summary>The publications; an entry's id is its offset and "-0".</summary>
    public RedisKey Stream { get; }

    /// <summary>A hash: idempotency key to offset, or to nothing for a publication without one.</summary>
    public RedisKey IdempotencyKeys { get; }

    /// <summary>
    /// The three above, the list of the idempotency keys by age, and the sorted set of the atomic sets that the channel has, by
    /// number: what the scripts take.
    /// </summary>
    public RedisKey[] All { get; }
}
