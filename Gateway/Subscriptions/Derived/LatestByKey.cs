namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>
/// The newest publication of each key, in the order in which they came. Not safe by itself: the channel's lock guards it.
/// </summary>
/// <param name="tag">The tag that has the key; empty: there is one key.</param>
/// <param name="maxKeys">Keys that are kept.</param>
internal sealed class LatestByKey(string tag, int maxKeys)
{
    /// <summary>Bytes that are kept. Beyond it, or beyond the keys, the key that has been quiet for longest is forgotten.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, LinkedListNode<LatestPublication>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<LatestPublication> _inOrder = new();

    /// <summary>The number of the newest publication.</summary>
    public ulong Number { get; private set; }

    /// <summary>Bytes that are kept now.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keys that are kept now.</summary>
    public int Count => _byKey.Count;

    /// <summary>True when one more key may be too much.</summary>
    public bool IsFull => _byKey.Count > maxKeys || Bytes > MaxBytes;

    /// <summary>Keeps a publication. Returns the number of the one that it replaces, zero when its key is new.</summary>
    public ulong Keep(Publication publication)
    {
        // Those without the tag share a key, so that a publisher who forgets it cannot make the table grow.
        var key = tag.Length > 0 && publication.Tags is { } tags && tags.TryGetValue(tag, out var value) ? value : "";
        var latest = new LatestPublication(key, ++Number, publication);
        Bytes += latest.Bytes;
        if (!_byKey.TryGetValue(key, out var node))
        {
            _byKey.Add(key, _inOrder.AddLast(latest));
            return 0;
        }

        var replaced = node.Value;
        Bytes -= replaced.Bytes;
        node.Value = latest;
        _inOrder.Remove(node);
        _inOrder.AddLast(node);
        return replaced.Number;
    }

    /// <summary>Forgets the key that has been quiet for longest. Returns the number that it had.</summary>
    public ulong ForgetOldest()
    {
        var oldest = _inOrder.First!.Value;
        _inOrder.RemoveFirst();
        _byKey.Remove(oldest.Key);
        Bytes -= oldest.Bytes;
        return oldest.Number;
    }

    /// <summary>What came after a number, oldest first.</summary>
    public IEnumerable<LatestPublication> Since(ulong number)
    {
        var node = _inOrder.Last;
        while (node?.Previous is { } previous && previous.Value.Number > number)
        {
            node = previous;
        }

        for (; node is not null; node = node.Next)
        {
            if (node.Value.Number > number)
            {
                yield return node.Value;
            }
        }
    }

    /// <summary>An encoded form was made and is kept as well.</summary>
    public void Grew(int bytes) => Bytes += bytes;
}
