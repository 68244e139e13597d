using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using WsCluster.Configuration;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// The silo's one connection to the Redis of the durable streams. While Redis is away, calls fail at once: after one that
/// got no answer none is sent until a ping comes back.
/// </summary>
internal sealed class RedisLink(
    ClusterOptions cluster, IOptions<RedisHistoryOptions> options, TimeProvider time, ILogger<RedisLink> logger) : IAsyncDisposable
{
    private static readonly TimeSpan LongestConnectTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstProbeDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestProbeDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    // What Redis says about its own state rather than about the call: nothing was done, and it passes.
    private static readonly string[] PassingErrors = ["LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "MISCONF", "OOM"];

    private readonly CancellationTokenSource _disposal = new();
    private IConnectionMultiplexer? _connection;
    private int _isSuspect; // 1 while a probe runs

    /// <summary>True when a call would fail.</summary>
    public bool IsAway => Volatile.Read(ref _isSuspect) == 1 || _connection is not { IsConnected: true };

    /// <summary>The connection; for calls that need no protection.</summary>
    public IConnectionMultiplexer Connection => _connection ?? throw new RedisAwayException(mayHaveRun: false);

    /// <summary>Connects, if it has not yet. A Redis that is away now is tried again in the background.</summary>
    public async Task ConnectAsync() => _connection ??= await OpenAsync(options.Value.CallTimeout);

    /// <summary>Opens another connection, for calls that block theirs or ask Redis about itself.</summary>
    public async Task<IConnectionMultiplexer> OpenAsync(TimeSpan callTimeout, bool isAdministrator = false)
    {
        var settings = RedisConnection.Parse(cluster);
        settings.AllowAdmin = isAdministrator;
        settings.ClientName ??= "wscluster";
        settings.BacklogPolicy = BacklogPolicy.FailFast; // what cannot be sent now must fail now
        settings.ConnectTimeout = Math.Min(settings.ConnectTimeout, (int)LongestConnectTime.TotalMilliseconds);
        settings.AsyncTimeout = settings.SyncTimeout = (int)callTimeout.TotalMilliseconds;
        settings.ReconnectRetryPolicy = new LinearRetry((int)LongestProbeDelay.TotalMilliseconds);
        return await ConnectionMultiplexer.ConnectAsync(settings);
    }

    /// <summary>Makes one call.</summary>
    /// <exception cref="RedisAwayException">There is no answer.</exception>
    public async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call)
    {
        if (IsAway)
        {
            throw new RedisAwayException(mayHaveRun: false);
        }

        try
        {
            // The client library looks at its own time-outs once a second only.
            return await call(_connection!.GetDatabase()).WaitAsync(options.Value.CallTimeout, time);
        }
        catch (Exception e) when (e is TimeoutException or RedisConnectionException)
        {
            Suspect(e);
            throw new RedisAwayException(mayHaveRun: true, e);
        }
        catch (RedisServerException e) when (PassingErrors.Any(error => e.Message.StartsWith(error, StringComparison.Ordinal)))
        {
            Suspect(e);
            throw new RedisAwayException(mayHaveRun: false, e);
        }
    }

    /// <summary>Waits until calls may succeed again.</summary>
    /// <returns>False when they may not within the limit.</returns>
    public async Task<bool> WaitUntilBackAsync(TimeSpan limit)
    {
        var started = time.GetTimestamp();
        while (IsAway)
        {
            if (time.GetElapsedTime(started) >= limit)
            {
                return false;
            }

            await Task.Delay(PollInterval, time);
        }

        return limit > TimeSpan.Zero;
    }

    public async ValueTask DisposeAsync()
    {
        await _disposal.CancelAsync();
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        _disposal.Dispose();
    }

    private void Suspect(Exception reason)
    {
        if (Interlocked.Exchange(ref _isSuspect, 1) == 0)
        {
            RedisHistoryLog.Away(logger, reason);
            _ = Task.Run(() => ProbeAsync(_disposal.Token)); // not on the scheduler of the grain that found out
        }
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        for (var delay = FirstProbeDelay; !cancellationToken.IsCancellationRequested; delay = delay * 2 < LongestProbeDelay ? delay * 2 : LongestProbeDelay)
        {
            try
            {
                await Task.Delay(delay, time, cancellationToken);
                await _connection!.GetDatabase().PingAsync().WaitAsync(options.Value.CallTimeout, time, cancellationToken);
                Volatile.Write(ref _isSuspect, 0);
                RedisHistoryLog.Back(logger);
                return;
            }
            catch (Exception e)
            {
                // Still away, whatever it says while it starts or stops; a probe that ended here would keep the link shut for good.
                RedisHistoryLog.StillAway(logger, e);
            }
        }
    }
}
