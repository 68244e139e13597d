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
            _received.TryGetValue(batch.SiloId, out var last);
            var sameOutbox = last.OutboxId == batch.OutboxId;
            if (!sameOutbox || batch.Sequence > last.Sequence)
            {
                // Another outbox of the same silo: it had given this gateway up, and what had been subscribed there is forgotten.
                var missed = last.OutboxId != Guid.Empty && (!sameOutbox || batch.Sequence != last.Sequence + 1);
                _received[batch.SiloId] = (batch.OutboxId, batch.Sequence);
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
