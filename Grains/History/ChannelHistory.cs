using WsCluster.Grains.Limits;

namespace WsCluster.Grains.History;

/// <summary>
/// The last publications of a channel, in memory: at most <paramref name="size"/>, until <paramref name="ttl"/> after the
/// last publish; <see cref="Keep"/> changes both. Offsets rise by one, so those kept are a gapless range that ends at the top.
/// </summary>
/// <param name="size">Most publications kept.</param>
/// <param name="ttl">How long they are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="maxBytes">Most bytes kept; the newest publication is kept whatever its size.</param>
/// <param name="silo">What the silo's channels keep together: when that is too much, this one drops as much as it adds.</param>
/// <param name="onEarlyDrop">Called when a publication goes for want of room.</param>
internal sealed class ChannelHistory(
    int size, TimeSpan ttl, TimeProvider time, long maxBytes = long.MaxValue, Allowance? silo = null, Action? onEarlyDrop = null)
{
    private const int SmallestRing = 8;

    private int _size = size;
    private TimeSpan _ttl = ttl;
    private string _epoch = StreamEpoch.Create();
    private Publication[] _ring = [];
    private int _start;
    private int _count;
    private long _bytes;
    private ulong _top;
    private DateTimeOffset _expiresAt;

    /// <summary>The newest offset, kept or not, and the epoch.</summary>
    public StreamPosition Top => new(_top, _epoch);

    /// <summary>When the kept publications expire; null when there are none.</summary>
    public DateTimeOffset? ExpiresAt => _count == 0 ? null : _expiresAt;

    /// <summary>The newest publication, if it is still kept.</summary>
    public Publication? Latest
    {
        get
        {
            Trim();
            return _count == 0 ? null : this[_count - 1];
        }
    }

    private Publication this[int index] => _ring[(_start + index) % _ring.Length];

    /// <summary>Adds the publication that has the offset after the top.</summary>
    public void Append(Publication publication)
    {
        if (publication.Offset != _top + 1)
        {
            throw new ArgumentException($"Offset {publication.Offset} cannot follow {_top}.", nameof(publication));
        }

        Trim();
        if (_count == _size)
        {
            DropOldest();
        }
        else if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + _count++) % _ring.Length] = publication;
        _top = publication.Offset;
        _expiresAt = time.GetUtcNow() + _ttl;
        MakeRoom(StreamSize.Of(publication));
    }

    /// <summary>From now on keeps so many, for so long; the oldest go at once where that is less than before.</summary>
    public void Keep(int size, TimeSpan ttl)
    {
        if (size == _size && ttl == _ttl)
        {
            return;
        }

        _expiresAt += ttl - _ttl;
        (_size, _ttl) = (size, ttl);
        while (_count > size)
        {
            DropOldest();
        }
    }

    /// <summary>Publications above an offset, oldest first; a negative limit is none.</summary>
    public IReadOnlyList<Publication> ReadAfter(ulong after, int limit)
    {
        Trim();
        var oldest = _top - (ulong)_count + 1;
        var skipped = after < oldest ? 0 : (int)Math.Min(after - oldest + 1, (ulong)_count);
        var page = new Publication[Limited(_count - skipped, limit)];
        for (var i = 0; i < page.Length; i++)
        {
            page[i] = this[skipped + i];
        }

        return page;
    }

    /// <summary>Publications below an offset (or from the newest), newest first; a negative limit is none.</summary>
    public IReadOnlyList<Publication> ReadBefore(ulong? before, int limit)
    {
        Trim();
        var oldest = _top - (ulong)_count + 1;
        var available = before is not { } end || end > _top ? _count : end <= oldest ? 0 : (int)(end - oldest);
        var page = new Publication[Limited(available, limit)];
        for (var i = 0; i < page.Length; i++)
        {
            page[i] = this[available - 1 - i];
        }

        return page;
    }

    /// <summary>
    /// Goes on with the history of an activation that is gone: its publications end at <paramref name="top"/>, without a gap. What
    /// is more than <c>size</c> is dropped.
    /// </summary>
    public void Restore(StreamPosition top, IReadOnlyList<Publication> publications, TimeSpan timeLeft)
    {
        Clear();
        _epoch = top.Epoch;
        _top = top.Offset - (ulong)publications.Count;
        foreach (var publication in publications)
        {
            Append(publication);
        }

        _expiresAt = time.GetUtcNow() + timeLeft;
    }

    /// <summary>Drops all publications; offset and epoch go on.</summary>
    public void Clear()
    {
        silo?.Return(_bytes);
        _bytes = 0;
        _ring = [];
        _start = 0;
        _count = 0;
    }

    /// <summary>Drops the publications when their time is over.</summary>
    /// <returns>When it will be; null when none are kept.</returns>
    public DateTimeOffset? Trim()
    {
        if (_count > 0 && _expiresAt <= time.GetUtcNow())
        {
            Clear();
        }

        return ExpiresAt;
    }

    private static int Limited(int available, int limit) => limit < 0 ? available : Math.Min(available, limit);

    /// <summary>Counts the publication that came in, and lets the oldest go where that is too much.</summary>
    private void MakeRoom(long added)
    {
        _bytes += added;
        silo?.Take(added);
        var dropped = 0L;
        while (_count > 1 && (_bytes > maxBytes || (silo is { IsOver: true } && dropped < added)))
        {
            dropped += DropOldest();
            onEarlyDrop?.Invoke();
        }
    }

    private long DropOldest()
    {
        var freed = StreamSize.Of(_ring[_start]);
        _ring[_start] = null!; // the slot may stay empty for long
        _start = (_start + 1) % _ring.Length;
        _count--;
        _bytes -= freed;
        silo?.Return(freed);
        return freed;
    }

    private void Grow()
    {
        var larger = new Publication[(int)Math.Min(_size, Math.Max(SmallestRing, 2L * _ring.Length))];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = this[i];
        }

        _ring = larger;
        _start = 0;
    }
}
