using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.History.Redis;

namespace WsCluster.Grains.Users;

/// <summary>Remembers users in Redis, one key each (<c>wscluster:{cluster:user}:seen</c>), for <see cref="UserOptions.KeepLastSeen"/>.</summary>
internal sealed class RedisLastSeenStore(RedisLink link, ClusterOptions cluster, IOptions<UserOptions> options, ILogger<RedisLastSeenStore> logger)
    : ILastSeenStore
{
    public async Task WriteAsync(string user, DateTimeOffset at)
    {
        if (options.Value.KeepLastSeen > TimeSpan.Zero)
        {
            await TryAsync(redis => redis.StringSetAsync(Key(user), at.ToUnixTimeMilliseconds(), options.Value.KeepLastSeen), false);
        }
    }

    public async Task<DateTimeOffset?> ReadAsync(string user) =>
        options.Value.KeepLastSeen > TimeSpan.Zero && await TryAsync(redis => redis.StringGetAsync(Key(user)), RedisValue.Null) is { IsNull: false } at
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)at)
            : null;

    private RedisKey Key(string user) => UserKey.Of(cluster, user, "seen");

    private async Task<T> TryAsync<T>(Func<IDatabase, Task<T>> call, T otherwise)
    {
        try
        {
            await link.ConnectAsync();
            return await link.CallAsync(call);
        }
        catch (Exception e) when (e is RedisAwayException or RedisConnectionException)
        {
            UserLog.LastSeenUnknown(logger, e.Message);
            return otherwise;
        }
    }
}
