namespace WsCluster;

/// <summary>The newest of something, up to a limit; grows with what comes, so that little takes little. Not safe by itself.</summary>
/// <param name="capacity">The most that it keeps.</param>
internal sealed class Ring<T>(int capacity)
{
    private const int Smallest = 4;

    private T[] _items = [];
    private int _next; // where the next one goes, which is the oldest one's place in a full ring

    /// <summary>How many are kept.</summary>
    public int Count { get; private set; }

    /// <summary>How many it has room for now.</summary>
    public int Room => _items.Length;

    /// <summary>The newest one, to be changed in place.</summary>
    public ref T Newest => ref _items[(_next + _items.Length - 1) % _items.Length];

    /// <summary>The room that the next one would like: more than <see cref="Room"/> while it is full and below its capacity.</summary>
    public int Wish => Count < _items.Length ? _items.Length : Math.Min(capacity, Math.Max(Smallest, 2 * _items.Length));

    /// <summary>Makes room for more.</summary>
    public void Grow(int room)
    {
        var larger = new T[room];
        var index = 0;
        foreach (var item in Oldest())
        {
            larger[index++] = item;
        }

        _items = larger;
        _next = Count;
    }

    /// <summary>Keeps one, in the oldest one's place where there is no other. One that was never allowed to grow keeps nothing.</summary>
    public void Add(T item)
    {
        if (_items.Length == 0)
        {
            return;
        }

        _items[_next] = item;
        _next = (_next + 1) % _items.Length;
        Count = Math.Min(Count + 1, _items.Length);
    }

    /// <summary>What is kept, oldest first.</summary>
    public IEnumerable<T> Oldest()
    {
        for (var i = Count; i > 0; i--)
        {
            yield return _items[(_next + _items.Length - i) % _items.Length];
        }
    }

    /// <summary>Forgets everything, but not its room.</summary>
    public void Clear()
    {
        Array.Clear(_items);
        _next = 0;
        Count = 0;
    }
}
