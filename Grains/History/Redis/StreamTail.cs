namespace WsCluster.Grains.History.Redis;

/// <summary>
/// The newest publications of a stream, as its owner saw them go by: a gapless range that ends at the top, within
/// <paramref name="maxBytes"/> and <paramref name="maxCount"/>, until <paramref name="ttl"/> after the last.
/// </summary>
internal sealed class StreamTail(int maxBytes, int maxCount, TimeSpan ttl, TimeProvider time)
{
    private const int Overhead = 128; // objects and references of one publication, roughly

    private readonly Queue<Publication> _publications = new();
    private long _bytes;
    private DateTimeOffset _expiresAt;

    /// <summary>Adds the publication that follows the last one.</summary>
    public void Add(Publication publication)
    {
        Trim();
        _publications.Enqueue(publication);
        _bytes += SizeOf(publication);
        _expiresAt = time.GetUtcNow() + ttl;
        while (_bytes > maxBytes || _publications.Count > maxCount)
        {
            _bytes -= SizeOf(_publications.Dequeue());
        }
    }

    /// <summary>The publications above an offset, oldest first; null when some of them are not here.</summary>
    public IReadOnlyList<Publication>? ReadAfter(ulong after, int limit)
    {
        Trim();
        return _publications.TryPeek(out var oldest) && oldest.Offset <= after + 1
            ? [.. _publications.SkipWhile(publication => publication.Offset <= after).Take(limit < 0 ? int.MaxValue : limit)]
            : null;
    }

    /// <summary>The newest publication; null when it is not here.</summary>
    public Publication? Latest()
    {
        Trim();
        return _publications.Count == 0 ? null : _publications.Last();
    }

    public void Clear()
    {
        _publications.Clear();
        _bytes = 0;
    }

    /// <summary>Drops the publications when their time is over.</summary>
    /// <returns>When it will be; null when there are none.</returns>
    public DateTimeOffset? Trim()
    {
        if (_publications.Count > 0 && _expiresAt <= time.GetUtcNow())
        {
            Clear();
        }

        return _publications.Count == 0 ? null : _expiresAt;
    }

    private static long SizeOf(Publication publication) =>
        publication.Data.Length + Overhead + (publication.Info?.ConnInfo?.Length ?? 0) + (publication.Info?.ChanInfo?.Length ?? 0);
}
