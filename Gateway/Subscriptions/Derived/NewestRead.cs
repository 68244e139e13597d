using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions.Derived;

/// <summary>
/// Reads the newest of a channel's history, to know the newest publication of each key. Those who ask while a read is under way
/// share it: each of them has the channel keep what is delivered meanwhile, and has no position of its own that the read could
/// have missed.
/// </summary>
internal sealed class NewestRead(ChannelSubscribers channel, ChannelWay way, ChannelDirectory directory)
{
    /// <summary>Publications that are looked at.</summary>
    public const int Most = 1000;

    private readonly Lock _sync = new();
    private Task<HistoryPage>? _reading; // guarded by _sync

    /// <summary>The newest publications, without a gap up to the stream's position at a time after the channel began to keep deliveries.</summary>
    public async Task<HistoryPage> ReadAsync()
    {
        Task<HistoryPage> reading;
        lock (_sync)
        {
            reading = _reading ??= ReadNewestAsync();
        }

        try
        {
            return await reading;
        }
        finally
        {
            lock (_sync)
            {
                _reading = _reading == reading ? null : _reading;
            }
        }
    }

    private async Task<HistoryPage> ReadNewestAsync()
    {
        await Task.Yield(); // off the lock
        for (var most = Most; ; most /= 4)
        {
            var from = channel.Position.Offset;
            var query = new RecoveryQuery { AfterOffset = from > (ulong)most ? from - (ulong)most : 0, Limit = 2 * most };
            var page = await directory.Calls.RepeatAsync(() => directory.RecoveryGate.ReadAsync(way, query));
            if (most <= 1 || page.Publications.Count == 0 || page.Publications[^1].Offset >= page.Top.Offset)
            {
                return page;
            }

            // It ends before the top: too much came meanwhile, or they are too large for one answer. Fewer will do.
        }
    }
}
