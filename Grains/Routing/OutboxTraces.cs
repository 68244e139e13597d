using WsCluster.Tracing;

namespace WsCluster.Grains.Routing;

/// <summary>
/// The traced publications in an outbox, from queued to acknowledged. There is none while nothing is traced. Not thread-safe: the
/// outbox's lock guards it.
/// </summary>
internal sealed class OutboxTraces(TimeProvider time)
{
    /// <summary>Spans that wait; past it spans are left out, never messages.</summary>
    public const int Most = 1000;

    private readonly Queue<(byte[] Context, long End, long QueuedAt)> _queued = new();
    private readonly List<(byte[] Context, long QueuedAt)> _underWay = [];
    private long _taken; // bytes that were taken since the beginning

    /// <summary>An entry is queued; <paramref name="bytes"/> are queued now, its own the last. False when there are too many to follow it.</summary>
    public bool TryQueue(byte[] context, long bytes)
    {
        if (_queued.Count == Most)
        {
            return false;
        }

        _queued.Enqueue((context, _taken + bytes, time.GetTimestamp()));
        return true;
    }

    /// <summary>The next batch takes so many bytes.</summary>
    public void Taken(long bytes)
    {
        _taken += bytes;
        _underWay.Clear();
        while (_queued.TryPeek(out var next) && next.End <= _taken)
        {
            _queued.Dequeue();
            _underWay.Add((next.Context, next.QueuedAt));
        }
    }

    /// <summary>The gateway has the batch.</summary>
    public void Acknowledged(string gatewayId)
    {
        foreach (var (context, queuedAt) in _underWay)
        {
            PublishTrace.Emit("outbox", context, time.GetElapsedTime(queuedAt), "wscluster.gateway", gatewayId);
        }

        _underWay.Clear();
    }
}
