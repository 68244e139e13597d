using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>All that this silo relays, by the outbox that it comes from. Any thread may use it.</summary>
internal sealed class RelayShares(
    RelayOutboxes outboxes, IOptions<DeliveryOptions> options, TimeProvider time, GrainMetrics metrics, ILogger<RelayShares> logger) : IDisposable
{
    private readonly Lock _sync = new(); // guards the fields below
    private readonly Dictionary<Guid, RelaySource> _sources = [];
    private ITimer? _timer; // while there are sources

    /// <summary>Channels that are relayed now.</summary>
    public int Channels
    {
        get
        {
            lock (_sync)
            {
                return _sources.Values.Sum(source => source.Channels);
            }
        }
    }

    /// <summary>The silos that it relays for.</summary>
    public IReadOnlyCollection<string> Silos
    {
        get
        {
            lock (_sync)
            {
                return [.. _sources.Values.Where(source => source.Channels > 0).Select(source => source.SiloId.Replace(OutboxContext.RelaySuffix, "", StringComparison.Ordinal)).Distinct()];
            }
        }
    }

    /// <summary>Gateways that entries of an outbox may name.</summary>
    public void Introduce(Guid outboxId, GatewayLane[] lanes) => Find(outboxId, opens: true)!.Introduce(lanes);

    /// <summary>Takes a batch; false when the outbox is not known (any more).</summary>
    public bool Take(DeliveryBatch batch)
    {
        if (Find(batch.OutboxId, opens: batch.Sequence == 1) is not { } source)
        {
            return false;
        }

        var isTaken = source.Take(batch, out var dropped);
        if (dropped > 0)
        {
            Dropped(source, "its outbox overflowed", dropped);
        }

        return isTaken;
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _timer?.Dispose();
            _timer = null;
            _sources.Clear();
        }
    }

    private RelaySource? Find(Guid outboxId, bool opens)
    {
        lock (_sync)
        {
            if (!_sources.TryGetValue(outboxId, out var source) && opens)
            {
                _sources.Add(outboxId, source = new RelaySource(outboxes));
                if (_timer is null)
                {
                    using (ExecutionContext.SuppressFlow())
                    {
                        _timer = time.CreateTimer(_ => Tick(), null, OutboxContext.TickInterval, OutboxContext.TickInterval);
                    }
                }
            }

            return source;
        }
    }

    /// <summary>An outbox sends at least each second. Silence is counted in ticks for the same reason as in <see cref="GatewayOutbox.Tick"/>.</summary>
    private void Tick()
    {
        var silent = new List<RelaySource>();
        lock (_sync)
        {
            foreach (var (outboxId, source) in _sources)
            {
                if (source.Tick() * OutboxContext.TickInterval > options.Value.GatewayLease)
                {
                    _sources.Remove(outboxId);
                    silent.Add(source);
                }
            }

            if (_sources.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        foreach (var source in silent)
        {
            if (source.Close() is var dropped and > 0)
            {
                Dropped(source, "it is silent", dropped);
            }
        }
    }

    private void Dropped(RelaySource source, string reason, int channels)
    {
        RelayLog.Dropped(logger, source.SiloId, reason, channels);
        metrics.RelayDropped(channels);
    }
}
