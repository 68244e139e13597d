using Microsoft.Extensions.Options;
using WsCluster.Configuration;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;

namespace WsCluster.Gateway.Canaries;

/// <summary>
/// Proves every few seconds that what is published reaches this gateway, by the way that everything takes: grain, outbox,
/// lane, observer, dispatcher, channel. When it does not, the gateway subscribes to everything again and says so.
/// </summary>
/// <remarks>
/// One canary for each lane: a lane that hangs, or whose observer the silos no longer reach, silences its own canary only. The
/// canaries' grains are placed like all others, so they are mostly on different silos; not on every silo, but a silo that is
/// gone or has closed an outbox is noticed by <see cref="SiloWatch"/>, by its silence in a lane. What is left for the canary is
/// what looks healthy from there: a silo that goes on sending empty batches while its grains no longer deliver to this gateway,
/// or deliver into an outbox that nobody empties. Which other grains are concerned cannot be told from here, hence everything.
/// </remarks>
internal sealed class CanaryWatch(
    ChannelDirectory channels,
    GatewayLanes lanes,
    SiloWatch silos,
    ClusterMembership cluster,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<CanaryWatch> logger) : BackgroundService
{
    private volatile IReadOnlyList<LaneCanary> _canaries = [];

    /// <summary>True while deliveries do not come in some lane although publications are acknowledged.</summary>
    public bool IsSilent => _canaries.Any(canary => canary.IsSilent);

    /// <summary>What the lanes took for their last publication, the fastest first.</summary>
    public IReadOnlyList<TimeSpan> Delays => [.. _canaries.Select(canary => canary.Delay).OfType<TimeSpan>().Order()];

    /// <summary>One round: judges what was published in the last one, and publishes again.</summary>
    internal void Check()
    {
        if (!cluster.HasJoined)
        {
            return;
        }

        if (_canaries.Count == 0)
        {
            _canaries = [.. Enumerable.Range(0, options.Value.Lanes).Select(Create)];
        }

        var silent = _canaries.Where(canary => canary.Check()).Select(canary => canary.Lane).ToList();
        if (silent.Count > 0)
        {
            GatewayLog.CanarySilent(logger, string.Join(", ", silent), channels.Count);
            metrics.CanaryResubscribed();
            silos.RebindAll();
        }

        foreach (var canary in _canaries)
        {
            _ = canary.PublishAsync(options.Value.CanaryInterval);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.CanaryInterval == TimeSpan.Zero)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.CanaryInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Check();
        }
    }

    private LaneCanary Create(int lane)
    {
        var number = 0;
        string name;
        do
        {
            name = CanaryChannel.Name(lanes.GatewayId, lanes.Incarnation, number++); // its hash decides about the lane
        }
        while (lanes.For(name).Lane != lane);

        // Entered for good and never left: the channel stays open without a subscriber, so that no listing shows it.
        var channel = channels.Enter(name, CanaryChannel.Options);
        return new LaneCanary(channel, channels.Grains.GetGrain<IChannelGrain>(name), metrics, time, logger);
    }
}
