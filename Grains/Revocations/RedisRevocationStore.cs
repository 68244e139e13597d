using System.Text.Json;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.History.Redis;

namespace WsCluster.Grains.Revocations;

/// <summary>
/// Keeps revocations in one sorted set, <c>wscluster:{cluster}:revocations</c>, by the time at which they are over; whoever
/// loads or adds removes those whose time has come.
/// </summary>
internal sealed class RedisRevocationStore(RedisLink link, ClusterOptions cluster, TimeProvider time) : IRevocationStore
{
    private readonly RedisKey _key = $"wscluster:{{{cluster.ClusterId}}}:revocations";

    public async Task AddAsync(Revocation revocation)
    {
        var score = (revocation.KeepUntil ?? DateTimeOffset.MaxValue).ToUnixTimeMilliseconds();
        var entry = JsonSerializer.Serialize(revocation);
        await CallAsync(redis => redis.SortedSetAddAsync(_key, entry, score));
    }

    public async Task<IReadOnlyList<Revocation>> LoadAsync()
    {
        await CallAsync(redis => redis.SortedSetRemoveRangeByScoreAsync(_key, double.NegativeInfinity, Now));
        var entries = await CallAsync(redis => redis.SortedSetRangeByScoreAsync(_key));
        return [.. entries.Select(entry => JsonSerializer.Deserialize<Revocation>((string)entry!)!)];
    }

    public Task<long> CountAsync() => CallAsync(redis => redis.SortedSetLengthAsync(_key, Now, exclude: Exclude.Start));

    private double Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call)
    {
        try
        {
            await link.ConnectAsync();
            return await link.CallAsync(call);
        }
        catch (Exception e) when (e is RedisAwayException or RedisConnectionException)
        {
            throw new WsClusterException(ErrorCode.Internal, "Redis is away."); // what Redis threw has no place outside the silo
        }
    }
}
