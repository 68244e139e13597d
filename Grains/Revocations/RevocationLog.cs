using WsCluster.Routing;

namespace WsCluster.Grains.Revocations;

/// <summary>The revocations in force, numbered in the order in which they came.</summary>
internal sealed class RevocationLog(int maxCount, TimeProvider time)
{
    private readonly SortedList<long, Revocation> _byNumber = [];
    private readonly Guid _id = Guid.NewGuid();
    private long _last;

    public int Count => _byNumber.Count;

    /// <summary>Adds one. False when there are as many as may be.</summary>
    public bool TryAdd(Revocation revocation)
    {
        if (!HasRoom())
        {
            return false;
        }

        _byNumber.Add(++_last, revocation);
        return true;
    }

    /// <summary>False when there are as many as may be, those that are over not counted.</summary>
    public bool HasRoom()
    {
        if (_byNumber.Count >= maxCount)
        {
            var now = time.GetUtcNow();
            foreach (var number in _byNumber.Where(entry => entry.Value.KeepUntil <= now).Select(entry => entry.Key).ToArray())
            {
                _byNumber.Remove(number);
            }
        }

        return _byNumber.Count < maxCount;
    }

    /// <summary>What came after a number; from the beginning when the number is of another log.</summary>
    public RevocationPage Read(Guid log, long after)
    {
        var from = log == _id ? FirstAfter(after) : 0;
        var count = Math.Min(_byNumber.Count - from, RevocationPage.MaxCount);
        var revocations = new List<Revocation>(count);
        for (var i = from; i < from + count; i++)
        {
            revocations.Add(_byNumber.Values[i]);
        }

        var hasMore = from + count < _byNumber.Count;
        return new RevocationPage
        {
            Log = _id,
            Last = hasMore ? _byNumber.Keys[from + count - 1] : _last,
            HasMore = hasMore,
            Revocations = revocations,
        };
    }

    /// <summary>The index of the first entry whose number is greater.</summary>
    private int FirstAfter(long number)
    {
        var (low, high) = (0, _byNumber.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _byNumber.Keys[middle] <= number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
