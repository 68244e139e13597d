using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using WsCluster.Routing;

namespace WsCluster;

/// <summary>
/// Calls to the cluster while silos come and go. Failures that end by themselves are repeated, if the call allows it,
/// until the deadline; what remains becomes a <see cref="WsClusterException"/>.
/// </summary>
internal sealed class CallRetry(IOptions<WsClusterClientOptions> options, TimeProvider time, ILogger<CallRetry> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private readonly WsClusterClientOptions _options = options.Value;

    /// <summary>False when every call gets one attempt.</summary>
    public bool IsOn => _options.RetryDeadline > TimeSpan.Zero;

    /// <summary>Makes a call that may run more than once, until it succeeds, is refused or the deadline passes.</summary>
    public Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => RepeatAsync(_ => call(), cancellationToken);

    /// <inheritdoc cref="RepeatAsync{T}(Func{Task{T}}, CancellationToken)"/>
    /// <param name="call">Gets the number of the attempt, counted from 1.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> RepeatAsync<T>(Func<int, Task<T>> call, CancellationToken cancellationToken)
    {
        if (!IsOn)
        {
            return await OnceAsync(() => call(1), cancellationToken);
        }

        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                return await call(attempt).WaitAsync(AttemptTime(started), time, cancellationToken);
            }
            catch (Exception exception) when (IsTransient(exception))
            {
                failure = exception;
            }

            var delay = DelayAfter(attempt);
            if (time.GetElapsedTime(started) + delay >= _options.RetryDeadline)
            {
                throw new WsClusterException(
                    ErrorCode.Internal, $"The cluster did not complete the call within {_options.RetryDeadline}; its outcome is unknown.", failure);
            }

            ClientLog.Retrying(logger, attempt, delay, failure);
            await Task.Delay(delay, time, cancellationToken);
        }
    }

    /// <inheritdoc cref="RepeatAsync{T}(Func{Task{T}}, CancellationToken)"/>
    public Task RepeatAsync(Func<Task> call, CancellationToken cancellationToken) => RepeatAsync(() => WithResult(call), cancellationToken);

    /// <summary>The first attempt takes Orleans' way. What got no answer there takes another, where there is one.</summary>
    /// <param name="detour">The other ways; null where there are none.</param>
    /// <param name="ask">Asks in Orleans' way.</param>
    /// <param name="askBy">Asks by an entrance.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<T> RepeatAsync<T>(IDetour? detour, Func<Task<T>> ask, Func<ISiloEntrance, Task<T>> askBy, CancellationToken cancellationToken) =>
        RepeatAsync(attempt => (attempt > 1 ? detour?.Next() : null) is { } entrance ? askBy(entrance) : ask(), cancellationToken);

    /// <summary>Makes a call that must not run twice.</summary>
    public async Task<T> OnceAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().WaitAsync(_options.ResponseTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (exception is not WsClusterException && IsTransient(exception))
        {
            throw new WsClusterException(ErrorCode.Internal, "The cluster did not complete the call; its outcome is unknown.", exception);
        }
    }

    /// <inheritdoc cref="OnceAsync{T}"/>
    public Task OnceAsync(Func<Task> call, CancellationToken cancellationToken) => OnceAsync(() => WithResult(call), cancellationToken);

    /// <summary>True for failures of silos and connections, which another attempt may not meet.</summary>
    internal static bool IsTransient(Exception exception) => exception switch
    {
        WsClusterException refused => refused.Code == ErrorCode.Internal,
        TimeoutException or OrleansMessageRejectionException or GatewayTooBusyException or ConnectionFailedException => true,
        _ => exception.GetType() == typeof(OrleansException), // no silo takes the grain right now
    };

    private TimeSpan AttemptTime(long started)
    {
        var left = _options.RetryDeadline - time.GetElapsedTime(started);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < _options.AttemptTimeout ? left : _options.AttemptTimeout;
    }

    /// <summary>Doubles up to a second; half of it random, so that callers that failed together do not return together.</summary>
    private static TimeSpan DelayAfter(int attempt)
    {
        var full = Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1), LongestDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private static async Task<bool> WithResult(Func<Task> call)
    {
        await call();
        return true;
    }
}
