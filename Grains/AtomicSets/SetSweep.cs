using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Configuration;

namespace WsCluster.Grains.AtomicSets;

/// <summary>
/// Finishes sets whose publisher died or gave up. It looks seldom, and each second for a while when there is a reason: the silo has
/// just started, another one is lost, or a call of its own has given up.
/// </summary>
internal sealed class SetSweep(
    ISetStore store,
    SetPublisher publisher,
    ISiloStatusOracle silos,
    ClusterOptions cluster,
    IOptions<ChannelNamespaces> namespaces,
    IOptions<AtomicPublishOptions> options,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<SetSweep> logger) : ILifecycleParticipant<ISiloLifecycle>, ISiloStatusListener, IDisposable
{
    private static readonly TimeSpan AlertTime = RedisSetStore.ClaimTime * 2;
    private static readonly TimeSpan AlertInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _alerts = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _sweeping = Task.CompletedTask;
    private long _alertUntil; // ticks of UTC

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SetSweep), ServiceLifecycleStage.Active, _ => Start(), _ => StopAsync());

    /// <summary>There may be a set to finish soon.</summary>
    public void Alert()
    {
        Interlocked.Exchange(ref _alertUntil, (time.GetUtcNow() + AlertTime).UtcTicks);
        try
        {
            _alerts.Release();
        }
        catch (SemaphoreFullException)
        {
            // alerted already
        }
    }

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead)
        {
            Alert();
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _alerts.Dispose();
    }

    private Task Start()
    {
        if (!cluster.IsEmbedded && namespaces.Value.All().Any(entry => entry.Options.IsInRedis)) // else there are no sets
        {
            silos.SubscribeToSiloStatusEvents(this);
            Alert();
            _sweeping = Task.Run(() => RunAsync(_stop.Token));
        }

        return Task.CompletedTask;
    }

    private async Task StopAsync()
    {
        silos.UnSubscribeFromSiloStatusEvents(this);
        await _stop.CancelAsync();
        await _sweeping;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(cancellationToken);
                await WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<AtomicSet> claimed;
            do
            {
                claimed = await store.ClaimAsync();
                await Task.WhenAll(claimed.Select(FinishAsync)).WaitAsync(cancellationToken);
            }
            while (claimed.Count > 0 && !cancellationToken.IsCancellationRequested);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            AtomicSetLog.NotSwept(logger, e.Message);
        }
    }

    private async Task FinishAsync(AtomicSet set)
    {
        try
        {
            await publisher.FinishAsync(set);
            metrics.SetPublished("sweep");
            AtomicSetLog.Finished(logger, set.Number, set.Publications.Length);
        }
        catch (Exception e)
        {
            AtomicSetLog.Unfinished(logger, set.Number, e.Message);
            Alert();
        }
    }

    /// <summary>Waits for the next time, or for an alert when there has been none.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow().UtcTicks < Interlocked.Read(ref _alertUntil))
        {
            await Task.Delay(AlertInterval, time, cancellationToken);
            return;
        }

        // At different times on different silos.
        await _alerts.WaitAsync(options.Value.SweepInterval * (0.75 + (Random.Shared.NextDouble() / 2)), cancellationToken);
    }
}
