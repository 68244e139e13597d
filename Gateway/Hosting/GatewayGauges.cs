using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Hosting;

/// <summary>Lets the gateway's sizes be observed from its start on. They are counted only when somebody looks.</summary>
internal sealed class GatewayGauges(
    GatewayMetrics metrics, GatewayReadiness readiness, ConnectionRegistry connections, UserDirectory users, ChannelDirectory channels) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.ObserveReadiness(() => readiness.IsReady);
        metrics.ObserveConnections(() => connections.Count);
        metrics.ObserveQueuedBytes(() => connections.All.Sum(c => (long)c.Writer.QueuedBytes));
        metrics.ObserveLedgers(() => channels.LedgerSpace.Used);
        metrics.ObserveUsers(() => users.Count);
        metrics.ObserveChannels(() => channels.Count);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
