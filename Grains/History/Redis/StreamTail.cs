using WsCluster.Configuration;
using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// The newest publications of a stream, as its owner saw them go by: a gapless range that ends at the top, within
/// <paramref name="maxBytes"/> and the size and time of the <paramref name="options"/>, and fewer while all of the
/// <paramref name="silo"/> is over its limit: Redis has them.
/// </summary>
internal sealed class StreamTail(int maxBytes, ChannelOptions options, TimeProvider time, Allowance? silo = null)
{
    private readonly Queue<Publication> _publications = new();
    private long _bytes;
    private DateTimeOffset _newestAt;
    private bool _isClosed;

    private DateTimeOffset ExpiresAt => _newestAt + options.HistoryTtl;

    /// <summary>Adds the publication that follows the last one.</summary>
    public void Add(Publication publication)
    {
        if (_isClosed)
        {
            return; // an append that was under way when the activation ended
        }

        Trim();
        _publications.Enqueue(publication);
        _bytes += StreamSize.Of(publication);
        silo?.Take(StreamSize.Of(publication));
        _newestAt = time.GetUtcNow();
        while (_publications.Count > 0 && (_bytes > maxBytes || _publications.Count > options.HistorySize || silo is { IsOver: true }))
        {
            var freed = StreamSize.Of(_publications.Dequeue());
            _bytes -= freed;
            silo?.Return(freed);
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

    /// <summary>Drops everything, and whatever is still added.</summary>
    public void Close()
    {
        Clear();
        _isClosed = true;
    }

    public void Clear()
    {
        silo?.Return(_bytes);
        _publications.Clear();
        _bytes = 0;
    }

    /// <summary>Drops the publications when their time is over.</summary>
    /// <returns>When it will be; null when there are none.</returns>
    public DateTimeOffset? Trim()
    {
        if (_publications.Count > 0 && ExpiresAt <= time.GetUtcNow())
        {
            Clear();
        }

        return _publications.Count == 0 ? null : ExpiresAt;
    }
}
