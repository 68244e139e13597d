using WsCluster.Tests.Chaos.Cluster;

namespace WsCluster.Tests.Chaos.Reporting;

/// <summary>Resident memory of the largest process of a kind in MiB.</summary>
internal sealed record MemorySummary(long Before, long Peak, long After)
{
    public override string ToString() => $"{Before}/{Peak}/{After}";
}

/// <summary>Watches the memory of all members through one fault.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private readonly ChaosCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private readonly (long Silos, long Gateways) _before;
    private (long Silos, long Gateways) _peak;

    public MemoryWatch(ChaosCluster cluster)
    {
        _cluster = cluster;
        _peak = _before = Read();
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Ends it.</summary>
    public async Task<(MemorySummary Silos, MemorySummary Gateways)> FinishAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        var after = Read();
        return (new MemorySummary(_before.Silos, Math.Max(_peak.Silos, after.Silos), after.Silos),
            new MemorySummary(_before.Gateways, Math.Max(_peak.Gateways, after.Gateways), after.Gateways));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var now = Read();
            _peak = (Math.Max(_peak.Silos, now.Silos), Math.Max(_peak.Gateways, now.Gateways));
            await Task.Delay(Every, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private (long Silos, long Gateways) Read() => (Largest(_cluster.Silos), Largest(_cluster.Gateways));

    private static long Largest(IEnumerable<Member> members) => members.Select(Resident).DefaultIfEmpty().Max();

    private static long Resident(Member member)
    {
        try
        {
            return member.Process.HasExited ? 0 : member.Process.ResidentBytes() / (1024 * 1024);
        }
        catch (InvalidOperationException)
        {
            return 0; // it ended just now
        }
    }
}
