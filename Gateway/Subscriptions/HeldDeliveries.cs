namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// A channel's deliveries that wait while its link synchronises, in the order in which they came. Not safe by itself: the
/// channel's lock guards it.
/// </summary>
internal sealed class HeldDeliveries(GatewayMetrics metrics)
{
    /// <summary>Bytes that may wait. What comes beyond is dropped: the gap is read from history.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private List<(string Epoch, Publication Publication)>? _waiting; // null: deliveries go straight out
    private int _bytes;
    private bool _droppedSome; // only history has them

    /// <summary>What to do with one that is released: false when something before it is missing.</summary>
    public delegate bool Deliver(string epoch, Publication publication);

    /// <summary>True while deliveries have to wait.</summary>
    public bool IsHolding => _waiting is not null;

    /// <summary>From now on deliveries wait; those that do already stay.</summary>
    public void Hold() => _waiting ??= [];

    /// <summary>Keeps a delivery.</summary>
    public void Add(string epoch, Publication publication)
    {
        if (_bytes < MaxBytes)
        {
            _waiting!.Add((epoch, publication));
            Count(KeptBytes.Of(publication));
        }
        else
        {
            _droppedSome = true;
            metrics.HeldDropped();
        }
    }

    /// <summary>
    /// Delivers what waits and ends the wait. False when that found a gap, or some were dropped: it goes on then, with what
    /// could not be delivered.
    /// </summary>
    public bool TryRelease(Deliver deliver)
    {
        var waiting = _waiting ?? [];
        for (var i = 0; i < waiting.Count; i++)
        {
            if (!deliver(waiting[i].Epoch, waiting[i].Publication))
            {
                waiting.RemoveRange(0, i);
                Count(waiting.Sum(w => KeptBytes.Of(w.Publication)) - _bytes);
                return false;
            }
        }

        // Nothing may come after what was dropped, so nothing else would show that gap.
        var complete = !_droppedSome;
        _waiting = complete ? null : [];
        Count(-_bytes);
        _droppedSome = false;
        return complete;
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        if (bytes != 0)
        {
            metrics.Held(bytes);
        }
    }
}
