namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>
/// Who hears of which watched file. A token is the number of a place and of its use: an event that was already fetched when its file
/// was closed finds nobody, even if another has the place by then.
/// </summary>
internal sealed class WatchTable
{
    private readonly List<int> _free = [];
    private IReady?[] _handlers = new IReady?[64];
    private uint[] _uses = new uint[64];
    private int _end = 1; // place 0 is never given out

    /// <summary>Those who have a place.</summary>
    public IEnumerable<IReady> All => _handlers.OfType<IReady>();

    /// <summary>Gives a place.</summary>
    public long Add(IReady handler)
    {
        int place;
        if (_free.Count > 0)
        {
            place = _free[^1];
            _free.RemoveAt(_free.Count - 1);
        }
        else
        {
            place = _end++;
            if (place == _handlers.Length)
            {
                Array.Resize(ref _handlers, place * 2);
                Array.Resize(ref _uses, place * 2);
            }
        }

        _handlers[place] = handler;
        return ((long)_uses[place] << 32) | (uint)place;
    }

    /// <summary>Who hears of it; null when that is over.</summary>
    public IReady? Find(long token)
    {
        var place = (int)token;
        return _uses[place] == (uint)(token >> 32) ? _handlers[place] : null;
    }

    /// <summary>Another hears of it from now on.</summary>
    public void Replace(long token, IReady handler) => _handlers[(int)token] = handler;

    /// <summary>Takes the place back.</summary>
    public void Remove(long token)
    {
        var place = (int)token;
        _handlers[place] = null;
        _uses[place]++;
        _free.Add(place);
    }
}
