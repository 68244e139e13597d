using WsCluster.Routing;

namespace WsCluster.Gateway.Routing;

/// <summary>One lane: drops batches that came before and hands the others on. Orleans calls it one batch at a time.</summary>
internal sealed class GatewayObserver(int lane, DeliveryDispatcher dispatcher) : IGatewayObserver
{
    // A silo that gave this gateway up opens another outbox; a batch of the one before can still be on its way, or come again.
    private const int OutboxesRemembered = 4;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, List<Received>> _received = new(StringComparer.Ordinal); // by silo, newest outbox first; guarded by _sync

    public Task DeliverAsync(DeliveryBatch batch)
    {
        bool isNew;
        lock (_sync)
        {
            isNew = TryTake(batch, out var missed);
            if (isNew)
            {
                dispatcher.Dispatch(batch, lane, missed);
                Prune();
            }
        }

        dispatcher.Acknowledge(batch, again: !isNew);

        return Task.CompletedTask; // the acknowledgement: the batch is queued for every local subscriber
    }

    /// <summary>False for a batch that came before. <paramref name="missed"/> when one before it never came.</summary>
    private bool TryTake(DeliveryBatch batch, out bool missed)
    {
        if (!_received.TryGetValue(batch.SiloId, out var outboxes))
        {
            _received.Add(batch.SiloId, outboxes = new List<Received>(1));
        }

        var received = new Received(batch.OutboxId, batch.Sequence);
        var index = outboxes.FindIndex(outbox => outbox.OutboxId == received.OutboxId);
        if (index >= 0)
        {
            missed = batch.Sequence != outboxes[index].Sequence + 1;
            if (batch.Sequence <= outboxes[index].Sequence)
            {
                return false;
            }

            outboxes[index] = received;
            return true;
        }

        // Another outbox of the same silo: the silo gave this gateway up meanwhile, and the channels of the old outbox
        // forgot it. Heard from again through one of them, the silo would never seem silent to the others.
        missed = outboxes.Count > 0;
        outboxes.Insert(0, received);
        if (outboxes.Count > OutboxesRemembered)
        {
            outboxes.RemoveAt(OutboxesRemembered);
        }

        return true;
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

    private readonly record struct Received(Guid OutboxId, long Sequence);
}
