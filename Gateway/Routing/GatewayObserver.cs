using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>One lane: drops batches that came before and hands the others on. Orleans calls it one batch at a time.</summary>
internal sealed class GatewayObserver(int lane, DeliveryDispatcher dispatcher) : IGatewayObserver
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, (Guid OutboxId, long Sequence)> _received = new(StringComparer.Ordinal); // by silo; guarded by _sync

    public Task DeliverAsync(DeliveryBatch batch)
    {
        lock (_sync)
        {
            var isKnown = _received.TryGetValue(batch.SiloId, out var last);
            var sameOutbox = last.OutboxId == batch.OutboxId;
            if (!sameOutbox || batch.Sequence > last.Sequence)
            {
                _received[batch.SiloId] = (batch.OutboxId, batch.Sequence);

                // Another outbox of the same silo: the silo gave this gateway up meanwhile, and the channels of the old outbox
                // forgot it. Heard from again through one of them, the silo would never seem silent to the others.
                var missed = isKnown && (!sameOutbox || batch.Sequence != last.Sequence + 1);
                dispatcher.Dispatch(batch, lane, missed);
                Prune();
            }
        }

        return Task.CompletedTask; // the acknowledgement: the batch is queued for every local subscriber
    }

    /// <summary>Silos come and go under new ids; the memory of those long gone is dropped.</summary>
    private void Prune()
    {
        if (_received.Count > 1000)
        {
            foreach (var silo in _received.Keys.Where(s => !dispatcher.IsKnown(s, lane)).ToArray())
            {
                _received.Remove(silo);
            }
        }
    }
}
