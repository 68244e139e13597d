using System.Text;
using WsCluster.Grains.History;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A channel's stream in a simulated Redis: outlives every silo, and belongs to the activation that opened it last.</summary>
internal sealed class DurableLog(string channel)
{
    public string Channel => channel;

    public string Epoch { get; } = $"durable-{channel}";

    public List<Publication> Publications { get; } = [];

    public Dictionary<string, ulong> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>What a behavior saved last.</summary>
    public StreamSnapshot? Snapshot { get; set; }

    /// <summary>Token of the activation that owns it.</summary>
    public int Owner { get; set; }
}

/// <summary>
/// What a channel's activation sees of a <see cref="DurableLog"/>: appends take time, and fail once another activation took
/// the stream over. It models the fenced script, not Redis: that has tests of its own, on a real one.
/// </summary>
internal sealed class DurableStream(SimulatedCluster world, DurableLog log, IStreamOwner owner) : IChannelStream, ISnapshotStream
{
    private Task _turn = Task.CompletedTask; // appends and the take-over, one after the other
    private int _token;
    private bool _replays; // a snapshot was read: what is read next goes on top of it
    private int _delivered; // how many of the log's publications the owner knows

    public async ValueTask<StreamPosition> AppendAsync(PublishRequest request)
    {
        var before = _turn;
        var mine = new TaskCompletionSource();
        _turn = mine.Task;
        await before;
        try
        {
            await TakeOverAsync();
            await Task.Delay(Latency(), world.Loop.Clock);
            if (log.Owner != _token)
            {
                owner.LoseStream("another owner");
                throw new WsClusterException(ErrorCode.Internal);
            }

            var offset = Commit(request);
            await Task.Delay(Latency(), world.Loop.Clock);
            while (_delivered < (int)offset)
            {
                owner.Deliver(log.Epoch, log.Publications[_delivered++]);
            }

            return new StreamPosition(offset, log.Epoch);
        }
        finally
        {
            mine.SetResult();
        }
    }

    public async ValueTask<StreamPosition?> FindAsync(string idempotencyKey)
    {
        await OpenAsync();
        return log.Keys.TryGetValue(idempotencyKey, out var offset) ? new StreamPosition(offset, log.Epoch) : null;
    }

    public async ValueTask SettleAsync() => await OpenAsync(); // every append ends with a known outcome

    public async ValueTask<StreamSnapshot?> ReadSnapshotAsync()
    {
        await OpenAsync();
        await Task.Delay(Latency(), world.Loop.Clock);
        _replays = true;
        return log.Snapshot;
    }

    public async ValueTask WriteSnapshotAsync(StreamSnapshot snapshot)
    {
        await Task.Delay(Latency(), world.Loop.Clock);
        if (log.Owner != _token)
        {
            owner.LoseStream("another owner");
            throw new WsClusterException(ErrorCode.Internal);
        }

        world.Trace?.Add($"{log.Channel}'s state is saved at {snapshot.Offset}");
        log.Snapshot = world.Tampering.Saved(snapshot);
        await Task.Delay(Latency(), world.Loop.Clock);
    }

    public async ValueTask<StreamPosition> GetTopAsync()
    {
        await OpenAsync();
        return Top;
    }

    public async ValueTask<Publication?> GetLatestAsync()
    {
        await OpenAsync();
        return _delivered == 0 ? null : log.Publications[_delivered - 1];
    }

    public async ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit)
    {
        await OpenAsync();
        var known = log.Publications.Take(_delivered).Skip((int)after);
        var page = new HistoryPage { Publications = [.. limit < 0 ? known : known.Take(limit)], Top = Top };
        if (!_replays || limit <= world.MaxRecoveryPublications + 1)
        {
            return page; // for a subscriber
        }

        _replays = false;
        return world.Tampering.Replayed(page);
    }

    public ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit) => throw new NotSupportedException("Nobody here reads backwards.");

    public ValueTask RemoveAsync() => throw new NotSupportedException("Nobody here removes durable history.");

    public DateTimeOffset? Trim() => null;

    public void Close()
    {
        // The log belongs to nobody's memory.
    }

    public DateTimeOffset KeepUntil() => world.Loop.Clock.GetUtcNow();

    private StreamPosition Top => new((ulong)_delivered, log.Epoch);

    private async Task OpenAsync()
    {
        if (_token == 0)
        {
            await TakeOverAsync();
        }
    }

    private async Task TakeOverAsync()
    {
        if (_token == 0)
        {
            await Task.Delay(Latency(), world.Loop.Clock);
            if (_token == 0)
            {
                _token = ++log.Owner;
                _delivered = log.Publications.Count;
                world.Trace?.Add($"{log.Channel} is taken over at {_delivered}");
            }
        }
    }

    private ulong Commit(PublishRequest request)
    {
        if (request.IdempotencyKey is { } key && log.Keys.TryGetValue(key, out var first))
        {
            return first;
        }

        var publication = new Publication { Offset = (ulong)log.Publications.Count + 1, Data = request.Data };
        log.Publications.Add(publication);
        if (request.IdempotencyKey is { } newKey)
        {
            log.Keys.Add(newKey, publication.Offset);
        }

        var payload = Encoding.UTF8.GetString(publication.Data);
        world.Trace?.Add($"{log.Channel} {publication.Offset} = {payload}");
        world.Journal.Committed(log.Channel, log.Epoch, publication.Offset, payload);
        return publication.Offset;
    }

    private TimeSpan Latency() => TimeSpan.FromTicks(world.Loop.Random.Next(500, 50_000));
}
