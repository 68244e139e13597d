using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History.Redis;

/// <summary>A publish that waits for Redis, and for its publisher's answer.</summary>
internal sealed class PendingAppend(PublishRequest request, long size)
    : TaskCompletionSource<StreamPosition>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public PublishRequest Request { get; } = request;

    public long Size { get; } = size;
}

/// <summary>
/// What a channel's publishers wait for, in their order: what arrives while a call to Redis is under way goes with the next
/// one. Bounded by count and bytes, the group under way included, and by what the whole silo may have waiting; past that the next publish is refused (error 111).
/// </summary>
internal sealed class AppendQueue(RedisHistoryOptions options, GrainMetrics metrics, Allowance silo)
{
    // A script blocks Redis while it runs: groups of this size take it well under a millisecond.
    private const int LargestGroup = 256;
    private const long LargestGroupBytes = 512 * 1024;
    private const int Overhead = 128;

    private readonly Queue<PendingAppend> _waiting = new();
    private readonly List<PendingAppend> _group = [];
    private int _count;
    private long _bytes;

    /// <summary>Puts a publish in line.</summary>
    /// <exception cref="WsClusterException">111: too much waits already.</exception>
    public PendingAppend Add(PublishRequest request)
    {
        var size = request.Data.Length + Overhead + (request.Info?.ConnInfo?.Length ?? 0) + (request.Info?.ChanInfo?.Length ?? 0);
        if (_count > 0 && (_count >= options.MaxPendingCount || _bytes + size > options.MaxPendingBytes))
        {
            metrics.StoreRefused("full");
            throw new WsClusterException(ErrorCode.TooManyRequests, $"{_count} publishes wait for the channel's store already.");
        }

        if (!silo.TryTake(size))
        {
            metrics.StoreRefused("full");
            metrics.LimitHit("append");
            throw new WsClusterException(ErrorCode.TooManyRequests, "Too many publishes wait for the silo's store already.");
        }

        var append = new PendingAppend(request, size);
        _waiting.Enqueue(append);
        Count(1, size);
        return append;
    }

    /// <summary>Takes the next group out; the one before must be finished. Null when nothing waits.</summary>
    public IReadOnlyList<PendingAppend>? Take()
    {
        long bytes = 0;
        while (_group.Count < LargestGroup && _waiting.TryPeek(out var next) && (_group.Count == 0 || bytes + next.Size <= LargestGroupBytes))
        {
            bytes += next.Size;
            _group.Add(_waiting.Dequeue());
        }

        return _group.Count == 0 ? null : _group;
    }

    /// <summary>The group is done with.</summary>
    public void Finish()
    {
        foreach (var append in _group)
        {
            Count(-1, -append.Size);
            silo.Return(append.Size);
        }

        _group.Clear();
    }

    private void Count(int count, long bytes)
    {
        _count += count;
        _bytes += bytes;
        metrics.AppendsWaiting(count, bytes);
    }
}
