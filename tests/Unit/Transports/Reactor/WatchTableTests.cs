using WsCluster.Gateway.Transports.Sockets.Reactor;

namespace WsCluster.Tests.Unit.Transports.Reactor;

public sealed class WatchTableTests
{
    private readonly WatchTable _table = new();

    [Fact]
    public void Find_PlaceTakenByAnother_FindsNobodyForTheOldToken()
    {
        var old = _table.Add(new Handler());
        _table.Remove(old);
        var handler = new Handler();
        var token = _table.Add(handler);

        Assert.Equal((int)old, (int)token); // the same place
        Assert.Null(_table.Find(old));
        Assert.Same(handler, _table.Find(token));
    }

    [Fact]
    public void Add_Many_FindsEach()
    {
        var handlers = Enumerable.Range(0, 1000).Select(_ => new Handler()).ToArray();
        var tokens = handlers.Select(_table.Add).ToArray();

        Assert.Equal(1000, tokens.Distinct().Count());
        Assert.DoesNotContain(0, tokens);
        Assert.Equal(handlers, tokens.Select(_table.Find));
        Assert.Equal(1000, _table.All.Count());
    }

    [Fact]
    public void Replace_FindsTheOther()
    {
        var token = _table.Add(new Handler());
        var other = new Handler();
        _table.Replace(token, other);

        Assert.Same(other, _table.Find(token));
    }

    private sealed class Handler : IReady
    {
        public void OnReady(Readiness readiness)
        {
        }

        public void OnStop()
        {
        }
    }
}
