using Microsoft.Extensions.Logging;

namespace WsCluster;

/// <summary>
/// Makes a service outlive a cluster that is not there yet: joining is repeated until it works or the host stops.
/// </summary>
internal sealed class ConnectForever(TimeProvider time, ILogger<ConnectForever> logger) : IClientConnectionRetryFilter
{
    private const double LongestSeconds = 5;

    private int _attempts;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        // Half random, so that the services of a cluster that comes back do not all join in the same instant.
        var seconds = Math.Min(LongestSeconds, 0.25 * Math.Pow(2, Math.Min(_attempts++, 10)));
        var delay = TimeSpan.FromSeconds(seconds * (0.5 + (Random.Shared.NextDouble() / 2)));
        ClientLog.ClusterAway(logger, _attempts, delay, exception.Message);
        await Task.Delay(delay, time, cancellationToken); // throws when the host stops: that ends the start as cancelled
        return true;
    }
}
