using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.History.Redis;

namespace WsCluster.Grains.Users;

/// <summary>Keeps users' records in Redis, one hash each (<c>wscluster:{cluster:user}:state</c>), next to the durable streams.</summary>
internal sealed class RedisUserStore(RedisLink link, ClusterOptions cluster, IOptions<UserOptions> options, ILogger<RedisUserStore> logger) : IUserStore
{
    // KEYS: the hash. ARGV: the version that is replaced, the record, milliseconds to keep it.
    private const string Write = """
        if tonumber(redis.call('HGET', KEYS[1], 'version') or '0') ~= tonumber(ARGV[1]) then return 0 end
        redis.call('HSET', KEYS[1], 'version', tonumber(ARGV[1]) + 1, 'record', ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """;

    public Task<(UserRecord Record, long Version)> ReadAsync(string user) => CallAsync(user, async redis =>
    {
        var fields = await redis.HashGetAsync(UserKey.Of(cluster, user, "state"), ["version", "record"]);
        return fields[0].IsNull ? (new UserRecord(), 0L) : (JsonSerializer.Deserialize<UserRecord>((byte[])fields[1]!)!, (long)fields[0]);
    });

    public Task<bool> TryWriteAsync(string user, UserRecord record, long version) => CallAsync(user, async redis =>
        (bool)await redis.ScriptEvaluateAsync(
            Write,
            [UserKey.Of(cluster, user, "state")],
            [version, JsonSerializer.SerializeToUtf8Bytes(record), (long)options.Value.KeepState.TotalMilliseconds]));

    private async Task<T> CallAsync<T>(string user, Func<IDatabase, Task<T>> call)
    {
        try
        {
            await link.ConnectAsync();
            return await link.CallAsync(call);
        }
        catch (Exception e) when (e is RedisAwayException or RedisConnectionException)
        {
            UserLog.StateAway(logger, user, e.Message);
            throw new WsClusterException(ErrorCode.Internal, "The user's state is away.");
        }
    }
}
