namespace WsCluster.Gateway.Routing;

/// <summary>
/// Which silo serves an item now: tells <see cref="SiloWatch"/> about every change. Not safe by itself: the item's lock
/// guards it.
/// </summary>
internal sealed class SiloBinding(ISiloBound item, SiloWatch silos)
{
    private string? _siloId;

    /// <summary>The silo serves the item now, through this outbox; empty where that is not said.</summary>
    public void Set(string siloId, Guid outboxId = default)
    {
        if (_siloId != siloId)
        {
            Clear();
        }

        _siloId = siloId;
        silos.Add(item, siloId, outboxId);
    }

    /// <summary>No silo serves the item any more.</summary>
    public void Clear()
    {
        if (_siloId is not null)
        {
            silos.Remove(item, _siloId);
            _siloId = null;
        }
    }
}
