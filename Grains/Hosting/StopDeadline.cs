using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Grains.Hosting.Membership;

namespace WsCluster.Grains.Hosting;

/// <summary>
/// Ends a silo's process that was told to stop and does not come to an end: without Redis, Orleans waits minutes for the
/// membership table to take its farewell. Nothing acknowledged is lost by that: it is what happens to a silo that is killed.
/// </summary>
internal sealed class StopDeadline(
    IHostApplicationLifetime lifetime, IOptions<HostOptions> host, SiloFitness fitness, TimeProvider time, ILogger<StopDeadline> logger) : IHostedService
{
    /// <summary>What a stop may take beyond the time that the host has for it, 30 s by default.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // Loggers write in the background, and the process ends without waiting for them.
    private static readonly TimeSpan LogTime = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _ = EndInTimeAsync());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task EndInTimeAsync()
    {
        var limit = host.Value.ShutdownTimeout + Grace;
        await Task.Delay(limit, time);
        if (!lifetime.ApplicationStopped.IsCancellationRequested)
        {
            StopLog.Unfinished(logger, limit, SiloFitness.StopUnfinishedExitCode);
            await Task.Delay(LogTime, time);
            fitness.Exit(SiloFitness.StopUnfinishedExitCode);
        }
    }
}
