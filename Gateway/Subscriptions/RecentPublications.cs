namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// What a channel delivered while subscribers read its history: it comes after what they read. Kept only while somebody
/// reads. Not safe by itself: the channel's lock guards it.
/// </summary>
internal sealed class RecentPublications(GatewayMetrics metrics)
{
    /// <summary>Bytes that are kept. What comes beyond is not: those who read meanwhile are told that they did not recover.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private List<Publication>? _publications; // null: nobody reads
    private int _bytes;
    private int _readers;

    /// <summary>Somebody reads history: from now on what is delivered is kept.</summary>
    public void BeginReading()
    {
        _readers++;
        _publications ??= [];
    }

    /// <summary>The counterpart of <see cref="BeginReading"/>.</summary>
    public void EndReading()
    {
        if (--_readers == 0)
        {
            _publications = null;
            Count(-_bytes);
        }
    }

    /// <summary>Keeps a delivered publication where somebody reads.</summary>
    public void Add(Publication publication)
    {
        if (_publications is null)
        {
            return;
        }

        if (_bytes < MaxBytes)
        {
            _publications.Add(publication);
            Count(KeptBytes.Of(publication));
        }
        else
        {
            metrics.RecentDropped();
        }
    }

    /// <summary>Another stream begins: nothing of the old one may be taken for a part of it.</summary>
    public void Clear()
    {
        _publications?.Clear();
        Count(-_bytes);
    }

    /// <summary>What a recovering subscriber gets: the page, and what was delivered here after it was read.</summary>
    public (StreamPosition Position, IReadOnlyList<Publication> Publications) Merge(HistoryPage page, StreamPosition position)
    {
        var top = page.Top;
        if (position.Epoch != top.Epoch)
        {
            return (position, []); // what was read is of another life of the stream than what is delivered here
        }

        if (position.Offset <= top.Offset)
        {
            return (top, page.Publications);
        }

        var since = (_publications ?? []).FindAll(p => p.Offset > top.Offset);
        return (ulong)since.Count == position.Offset - top.Offset
            ? (position, [.. page.Publications, .. since])
            : (position, page.Publications); // does not reach the position: decided as not recovered
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        if (bytes != 0)
        {
            metrics.KeptRecent(bytes);
        }
    }
}

/// <summary>What a kept publication costs.</summary>
internal static class KeptBytes
{
    private const int Overhead = 64;

    /// <summary>Its data and about what the objects around it take.</summary>
    public static int Of(Publication publication) => Of(publication.Data.Length);

    /// <inheritdoc cref="Of(Publication)"/>
    public static int Of(int dataLength) => dataLength + Overhead;
}
