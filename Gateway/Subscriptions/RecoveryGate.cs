using Microsoft.Extensions.Options;
using WsCluster.Gateway.Hosting;
using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Reads channels' histories, not more at a time than allowed: after an outage every channel of a gateway has something to
/// read, and the silos, just back, must not get it all at once. Who finds no place waits for one.
/// </summary>
internal sealed class RecoveryGate(IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Value.MaxRecoveryReads);

    /// <summary>Reads one page.</summary>
    /// <exception cref="TimeoutException">
    /// No place within the deadline, or no answer within the time of an attempt: one silo that hangs must not keep the places
    /// of all others. The same read may be made again.
    /// </exception>
    public async Task<HistoryPage> ReadAsync(ChannelWay way, RecoveryQuery query)
    {
        if (!_places.Wait(0, CancellationToken.None))
        {
            await WaitForPlaceAsync();
        }

        metrics.ReadStarted();
        try
        {
            return await way.RecoverAsync(query);
        }
        finally
        {
            metrics.ReadEnded();
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private async Task WaitForPlaceAsync()
    {
        using var deadline = new CancellationTokenSource(options.Value.ClusterDeadline, time);
        metrics.ReadWaits(1);
        try
        {
            await _places.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("Too many reads of history are under way.", e);
        }
        finally
        {
            metrics.ReadWaits(-1);
        }
    }
}
