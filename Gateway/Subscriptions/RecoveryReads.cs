using WsCluster.Routing;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// Reads what a channel's recovering subscribers missed, for all of them together: a thousand clients that come back at once
/// cost a call or two. One batch of requests is read at a time; requests that come meanwhile are the next batch. They never
/// share a read that is under way: it may have looked before a publication that its subscriber has got elsewhere.
/// </summary>
internal sealed class RecoveryReads(ChannelWay way, ChannelDirectory directory)
{
    private readonly int _mostPublications = directory.Options.MaxRecoveryPublications;
    private readonly Lock _sync = new();
    private Batch? _next; // requests that wait; guarded by _sync, like the field below
    private bool _reading;

    /// <summary>
    /// The publications after an offset, and the stream's position at a time after this call. More than a subscriber may
    /// recover mean that there are too many: the page ends somewhere then.
    /// </summary>
    /// <param name="after">Where the subscriber stands.</param>
    /// <param name="latestOnly">Cache mode: only the newest publication, whatever the offset.</param>
    public async Task<HistoryPage> ReadAsync(ulong after, bool latestOnly)
    {
        directory.Metrics.RecoveryAsked();
        Batch batch;
        lock (_sync)
        {
            batch = _next ??= new Batch();
            batch.Add(after, latestOnly);
            if (!_reading)
            {
                _reading = true;
                directory.Start(ReadBatchesAsync);
            }
        }

        return (await batch.Pages).For(after, latestOnly);
    }

    private async Task ReadBatchesAsync()
    {
        while (TakeNext() is { } batch)
        {
            try
            {
                batch.Answer(await ReadBatchAsync(batch));
            }
            catch (Exception e)
            {
                batch.Fail(e); // each subscriber of the batch gets it, and decides
            }
        }
    }

    private Batch? TakeNext()
    {
        lock (_sync)
        {
            var batch = _next;
            _next = null;
            _reading = batch is not null;
            return batch;
        }
    }

    /// <summary>
    /// Reads from the lowest position, which mostly serves all. When someone stands too far back to recover, the page does
    /// not reach the top: one more read, from the lowest position that is not too far, serves the others.
    /// </summary>
    private async Task<RecoveryPages> ReadBatchAsync(Batch batch)
    {
        var latest = batch.WantsLatest ? await ReadPageAsync(0, latestOnly: true) : null;
        if (batch.Offsets.Count == 0)
        {
            return new RecoveryPages(_mostPublications) { Latest = latest };
        }

        var far = await ReadPageAsync(batch.Offsets.Min, latestOnly: false);
        var pages = new RecoveryPages(_mostPublications) { Latest = latest, Far = far };
        if (far.Publications.Count <= _mostPublications)
        {
            return pages;
        }

        var within = batch.Offsets.Where(offset => !pages.IsTooFar(offset)).ToList(); // ascending
        return within.Count == 0 ? pages : pages with { Near = await ReadPageAsync(within[0], latestOnly: false) };
    }

    private Task<HistoryPage> ReadPageAsync(ulong after, bool latestOnly)
    {
        var query = new RecoveryQuery
        {
            AfterOffset = after,
            Limit = _mostPublications + 1, // one more than allowed tells that there are too many
            LatestOnly = latestOnly,
        };
        return directory.Calls.RepeatAsync(() => directory.RecoveryGate.ReadAsync(way, query));
    }

    /// <summary>Requests that share their reads: at most one of each connection, and one entry for all with the same offset.</summary>
    private sealed class Batch
    {
        private readonly TaskCompletionSource<RecoveryPages> _pages = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SortedSet<ulong> Offsets { get; } = [];

        public bool WantsLatest { get; private set; }

        public Task<RecoveryPages> Pages => _pages.Task;

        public void Add(ulong after, bool latestOnly)
        {
            WantsLatest |= latestOnly;
            if (!latestOnly)
            {
                Offsets.Add(after);
            }
        }

        public void Answer(RecoveryPages pages) => _pages.SetResult(pages);

        public void Fail(Exception e) => _pages.SetException(e);
    }
}
