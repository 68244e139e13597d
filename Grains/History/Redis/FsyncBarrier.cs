using System.Globalization;
using StackExchange.Redis;
using WsCluster.Configuration;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// Passed by what Redis has on disk. The append-only file is one sequence, so a marker written after an append is on disk no
/// sooner than the append: one marker and one <c>WAITAOF</c> serve all channels that wait at the time. It blocks its connection,
/// which is therefore not the one that the appends use.
/// </summary>
internal sealed class FsyncBarrier(RedisLink link, ClusterOptions cluster, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2.5); // with everysec a sync is a second away, on a busy disk two

    private readonly RedisKey _marker = $"wscluster:{{{cluster.ClusterId}}}:fsync";
    private readonly Lock _sync = new(); // guards the two below
    private TaskCompletionSource? _next;
    private bool _isRunning;
    private IConnectionMultiplexer? _connection;

    /// <summary>False when Redis syncs before it answers, so that there is nothing to wait for.</summary>
    public bool IsNeeded { get; set; } = true;

    /// <summary>Ends when everything that Redis has answered by now is on its disk.</summary>
    /// <exception cref="RedisAwayException">That is not known within the limit.</exception>
    public async Task PassAsync(TimeSpan limit)
    {
        if (!IsNeeded)
        {
            return;
        }

        try
        {
            await Join().WaitAsync(limit, time);
        }
        catch (TimeoutException e)
        {
            throw new RedisAwayException(mayHaveRun: true, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    /// <summary>The next round: one that is under way may have written its marker too early.</summary>
    private Task Join()
    {
        lock (_sync)
        {
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(RunAsync);
            }

            return _next.Task;
        }
    }

    /// <summary>Serves round after round, each with all who came during the one before.</summary>
    private async Task RunAsync()
    {
        while (true)
        {
            TaskCompletionSource round;
            lock (_sync)
            {
                if (_next is null)
                {
                    _isRunning = false;
                    return;
                }

                (round, _next) = (_next, null);
            }

            try
            {
                await SyncAsync();
                round.SetResult();
            }
            catch (Exception e) when (e is RedisException or TimeoutException or RedisAwayException)
            {
                round.SetException(new RedisAwayException(mayHaveRun: true, e));
            }
        }
    }

    private async Task SyncAsync()
    {
        _connection ??= await link.OpenAsync(Limit * 2);
        var redis = _connection.GetDatabase();
        var limit = Limit.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
        await redis.StringSetAsync(_marker, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var synced = (RedisResult[])(await redis.ExecuteAsync("WAITAOF", 1, 0, limit))!;
        if ((long)synced[0] < 1)
        {
            throw new TimeoutException($"Redis did not sync its append-only file within {Limit}.");
        }
    }
}
