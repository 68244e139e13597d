using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Gateway.Hosting;

namespace WsCluster.Gateway.Routing;

/// <summary>
/// Repeats calls to the cluster that failed for a passing reason, until they succeed or the deadline has passed. The cluster
/// being away is normal for some seconds after a silo died.
/// </summary>
internal sealed class ClusterCalls(IOptions<GatewayOptions> options, TimeProvider time, Random? random = null)
{
    /// <summary>Repeats a call that may run twice without harm.</summary>
    public Task<T> RepeatAsync<T>(Func<Task<T>> call) => RepeatAsync(call, IsPassing);

    /// <summary>Repeats a call only when it certainly did not run.</summary>
    public Task<T> RepeatUnlessRunAsync<T>(Func<Task<T>> call) => RepeatAsync(call, DidNotRun);

    /// <summary>True for failures of calls that reached nobody. That a silo is gone is also said of calls that had reached it.</summary>
    public static bool DidNotRun(Exception exception) => exception is OrleansMessageRejectionException and not SiloUnavailableException;

    /// <summary>True for failures of the cluster that the same call may not meet again.</summary>
    public static bool IsPassing(Exception exception) =>
        exception is TimeoutException or OrleansException or WsClusterException { IsTemporary: true };

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call, Func<Exception, bool> mayRepeat)
    {
        var start = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (mayRepeat(e) && time.GetElapsedTime(start) < options.Value.ClusterDeadline)
            {
                await Task.Delay(Backoff.Delay(attempt, random), time);
            }
        }
    }
}
