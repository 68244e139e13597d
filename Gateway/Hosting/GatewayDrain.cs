using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Hosting;

/// <summary>Closes all connections in slices before anything else of the process stops.</summary>
internal sealed class GatewayDrain(ConnectionHost connections) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => connections.DrainAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
