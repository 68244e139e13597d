namespace WsCluster.Tests.Chaos.Load;

/// <summary>Users who come by the clock, each to any gateway, whether the ones before have gone or not; and what they wrote down.</summary>
/// <param name="balancer">The gateways.</param>
/// <param name="most">More are not let in at a time.</param>
/// <typeparam name="TRecord">What they write down.</typeparam>
internal sealed class ShortCalls<TRecord>(Balancer balancer, int most)
{
    private readonly Lock _sync = new();
    private List<TRecord> _records = []; // guarded by _sync
    private int _underWay;
    private int _turn;

    /// <summary>Lets that many come in a second; each gets a gateway and its number.</summary>
    public Task RunAsync(int rate, Func<Uri, int, Task> call, CancellationToken stop) => OpenLoop.RunAsync(rate, () => Begin(call), stop);

    /// <summary>Waits until all have gone.</summary>
    public async Task SettleAsync()
    {
        while (Volatile.Read(ref _underWay) > 0)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Writes something down.</summary>
    public void Add(TRecord record)
    {
        lock (_sync)
        {
            _records.Add(record);
        }
    }

    /// <summary>Hands over the records since the last time.</summary>
    public List<TRecord> Drain()
    {
        lock (_sync)
        {
            var records = _records;
            _records = [];
            return records;
        }
    }

    private void Begin(Func<Uri, int, Task> call)
    {
        if (balancer.Next() is { } gateway && Volatile.Read(ref _underWay) < most)
        {
            Interlocked.Increment(ref _underWay);
            _ = FinishAsync(call(gateway, _turn++));
        }
    }

    private async Task FinishAsync(Task call)
    {
        try
        {
            await call;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
