using StackExchange.Redis;

namespace WsCluster.Grains.AtomicSets;

/// <summary>The keys of all sets of a cluster. The hash tag keeps them on one node of a Redis Cluster; streams are elsewhere.</summary>
internal sealed class SetKeys
{
    public SetKeys(string clusterId)
    {
        var prefix = $"wscluster:{{{clusterId}}}:sets:";
        RedisKey state = prefix + "state", pending = prefix + "pending", due = prefix + "due", intents = prefix + "intents";
        RedisKey results = prefix + "results", ages = prefix + "ages", recent = prefix + "recent";
        ForCommit = [state, pending, due, intents, results, ages, recent];
        ForClaim = [pending, due, intents];
        ForComplete = [state, pending, due, intents, results, ages];
    }

    /// <summary>What commit.lua takes.</summary>
    public RedisKey[] ForCommit { get; }

    /// <summary>What claim.lua takes.</summary>
    public RedisKey[] ForClaim { get; }

    /// <summary>What complete.lua takes.</summary>
    public RedisKey[] ForComplete { get; }
}
