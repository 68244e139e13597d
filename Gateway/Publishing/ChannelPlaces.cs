using System.Collections.Concurrent;
using WsCluster.Gateway.Limits;
using WsCluster.Gateway.Routing;
using WsCluster.Routing;

namespace WsCluster.Gateway.Publishing;

/// <summary>
/// Which silo each channel was on when it last answered a publication. A wrong entry costs a hop within the cluster, never
/// a message.
/// </summary>
internal sealed class ChannelPlaces(
    IGrainFactory grains,
    ChannelReferences channels,
    GatewayLanes lanes,
    SiloEntrances entrances,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<ChannelPlaces> logger) : BackgroundService
{
    /// <summary>Channels whose silos are remembered. One more, and all are forgotten: each is learnt again by one call.</summary>
    public const int MostChannels = 100_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SiloIngress> _byChannel = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SiloIngress> _bySilo = new(StringComparer.Ordinal);

    /// <summary>The ingress of the silo that the channel is on; null when that is not known.</summary>
    public SiloIngress? Find(string channel) =>
        _byChannel.TryGetValue(channel, out var ingress) && !ingress.IsClosed ? ingress : null;

    /// <summary>The channel is on this silo.</summary>
    public void Learn(string channel, string siloId)
    {
        var ingress = _bySilo.AddOrUpdate(siloId, Open, (id, current) => current.IsClosed ? Open(id) : current);
        if (_byChannel.Count >= MostChannels)
        {
            _byChannel.Clear();
            metrics.LimitHit(GatewayLimit.Places);
        }

        _byChannel[channel] = ingress;
    }

    /// <summary>The channel did not answer there.</summary>
    public void Forget(string channel) => _byChannel.TryRemove(channel, out _);

    /// <summary>Sends what waits for silos that nothing is under way to.</summary>
    public void Flush()
    {
        foreach (var (_, ingress) in _bySilo)
        {
            ingress.Flush();
        }
    }

    /// <summary>Forgets silos that are gone.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var silo in _bySilo)
            {
                if (silo.Value.TryRetire())
                {
                    _bySilo.TryRemove(silo);
                }
            }
        }
    }

    private SiloIngress Open(string siloId) =>
        new(
            grains.GetGrain<IPublishIngress>(IPublishIngress.KeyOf(siloId, lanes.GatewayId)),
            () => entrances.Find(siloId),
            lanes.GatewayId,
            channels,
            metrics,
            time,
            logger);
}
