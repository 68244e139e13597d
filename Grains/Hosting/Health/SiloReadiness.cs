using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using WsCluster.Grains.Hosting.Membership;

namespace WsCluster.Grains.Hosting.Health;

/// <summary>Whether the silo is a working part of its cluster, and if not, why.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle silo, SiloFitness fitness, IHostApplicationLifetime process, GrainMetrics metrics) : IHostedService
{
    /// <summary>All that must be so.</summary>
    public HealthCheck[] Checks() =>
    [
        new("draining", process.ApplicationStopping.IsCancellationRequested ? "the silo stops" : null),
        new("cluster", fitness.IsLost ? "the cluster's membership has lost this silo"
            : silo.CurrentStatus == SiloStatus.Active ? null
            : $"the silo has not joined the cluster: it is {silo.CurrentStatus}"),
        new("redis", fitness.RedisProblem),
    ];

    /// <summary>Lets it be observed from the start on.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.ObserveReadiness(() => Array.TrueForAll(Checks(), check => check.Problem is null));
        return Task.CompletedTask;
    }

    /// <summary>Nothing ends with it.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
