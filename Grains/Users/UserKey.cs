using StackExchange.Redis;
using WsCluster.Configuration;

namespace WsCluster.Grains.Users;

/// <summary>The names of a user's keys in Redis, one hash tag for each user.</summary>
internal static class UserKey
{
    /// <summary><c>wscluster:{cluster:user}:part</c>; signs that would end the tag are written as in a URL.</summary>
    public static RedisKey Of(ClusterOptions cluster, string user, string part) => $"wscluster:{{{cluster.ClusterId}:{Escape(user)}}}:{part}";

    private static string Escape(string user) => user
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("{", "%7B", StringComparison.Ordinal)
        .Replace("}", "%7D", StringComparison.Ordinal);
}
