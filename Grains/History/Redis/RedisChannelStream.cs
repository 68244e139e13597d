using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// The stream of one channel in Redis, taken over by the first call (<see cref="StreamHold"/>). Appends go in groups; one call that
/// changes the stream is under way at a time.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphore holds nothing to dispose of while nobody asks for its wait handle.")]
internal sealed class RedisChannelStream(
    string channel,
    ChannelOptions options,
    IStreamOwner owner,
    StreamHold hold,
    StreamCalls calls,
    StreamAppender appender,
    AppendQueue queue,
    RedisLink link,
    StreamTail tail,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<RedisChannelStream> logger) : IChannelStream, ISnapshotStream
{
    private readonly SemaphoreSlim _turn = new(1);
    private IdempotencyWindow? _keys; // what Redis remembers, from the first time that somebody asks
    private bool _isPumping;

    public ValueTask<StreamPosition> AppendAsync(PublishRequest request)
    {
        hold.ThrowIfLost();
        if (request.SkipHistory && string.IsNullOrEmpty(request.IdempotencyKey))
        {
            owner.Deliver("", request.ToPublication(0, options)); // nothing to keep
            return ValueTask.FromResult(StreamPosition.None);
        }

        if (link.IsAway)
        {
            metrics.StoreRefused("away");
            throw hold.Refusal(new RedisAwayException(mayHaveRun: false));
        }

        var append = queue.Add(request);
        if (!_isPumping)
        {
            _isPumping = true;
            _ = PumpAsync();
        }

        return new ValueTask<StreamPosition>(append.Task);
    }

    public async ValueTask<StreamPosition?> FindAsync(string idempotencyKey)
    {
        if (_keys is null)
        {
            await PrepareToReadAsync();
            var known = await HeldAsync(() => calls.ReadKeysAsync(hold.Position.Epoch));
            _keys = new IdempotencyWindow(time);
            foreach (var (key, result) in known)
            {
                _keys.Add(key, result);
            }
        }

        return _keys.TryGet(idempotencyKey, out var position) ? position : null;
    }

    public ValueTask SettleAsync() => new(HeldAsync(() => Task.FromResult(true)));

    public async ValueTask<StreamSnapshot?> ReadSnapshotAsync() => await HeldAsync(calls.ReadSnapshotAsync);

    public async ValueTask WriteSnapshotAsync(StreamSnapshot snapshot) => await HeldAsync(async () =>
    {
        await calls.WriteSnapshotAsync(hold.Ownership, snapshot);
        return true;
    });

    public async ValueTask<StreamPosition> GetTopAsync()
    {
        await PrepareToReadAsync();
        return hold.Position;
    }

    public async ValueTask<Publication?> GetLatestAsync() =>
        tail.Latest() ?? ((await ReadBeforeAsync(null, 1)).Publications is [var latest, ..] ? latest : null);

    public async ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit)
    {
        await PrepareToReadAsync();
        var top = hold.Position;
        return after >= top.Offset || limit == 0
            ? Page([], top)
            : Page(tail.ReadAfter(after, limit) ?? await ReadAsync(after + 1, top.Offset, limit, Order.Ascending), top);
    }

    public async ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit)
    {
        await PrepareToReadAsync();
        var top = hold.Position;
        var last = before is { } end && end <= top.Offset ? end - Math.Min(end, 1) : top.Offset;
        return last == 0 || limit == 0
            ? Page([], top)
            : Page(await ReadAsync(1, last, limit, Order.Descending), top);
    }

    public async ValueTask RemoveAsync()
    {
        await HeldAsync(async () =>
        {
            await calls.RemoveAsync(hold.Ownership);
            tail.Clear();
            return true;
        });
    }

    public DateTimeOffset? Trim() => tail.Trim();

    public void Close() => tail.Close();

    /// <summary>Nothing here is lost with the activation.</summary>
    public DateTimeOffset KeepUntil() => time.GetUtcNow();

    /// <summary>Writes group after group until nothing waits.</summary>
    private async Task PumpAsync()
    {
        while (queue.Take() is { } group)
        {
            await _turn.WaitAsync();
            try
            {
                await hold.TakeAsync();
                Complete(group, await appender.AppendAsync(hold.Ownership, group));
            }
            catch (Exception e)
            {
                if (e is not (RedisAwayException or StreamLostException or WsClusterException))
                {
                    RedisHistoryLog.AppendFailed(logger, channel, e);
                }

                Fail(group, e);
                if (owner.AppendsFailed())
                {
                    FailWaiting(e);
                }
            }
            finally
            {
                queue.Finish();
                _turn.Release();
            }
        }

        _isPumping = false;
    }

    private void Complete(IReadOnlyList<PendingAppend> group, string result)
    {
        var reply = new AppendReply(result);
        metrics.KeysForgotten(reply.KeysForgotten);
        metrics.GroupStored(group.Count);
        var epoch = hold.Position.Epoch;
        foreach (var append in group)
        {
            var offset = reply.Next(out var isNew);
            var position = offset == 0 ? StreamPosition.None : new StreamPosition(offset, epoch);
            if (isNew)
            {
                hold.Publish(append.Request, offset);
            }

            Remember(append.Request.IdempotencyKey, position);
            append.SetResult(position); // the publishers go on one after the other, in this order
        }
    }

    private void Fail(IReadOnlyList<PendingAppend> group, Exception failure)
    {
        hold.Doubt();
        _keys = null; // it may have got through, and then Redis knows more of them
        var refusal = hold.Refusal(failure);
        metrics.StoreRefused(failure is RedisAwayException { MayHaveRun: false } ? "away" : "unknown", group.Count);
        foreach (var append in group)
        {
            append.TrySetException(refusal); // some may have their answer when a delivery failed
        }
    }

    private void FailWaiting(Exception failure)
    {
        queue.Finish();
        while (queue.Take() is { } behind)
        {
            Fail(behind, failure);
            queue.Finish();
        }
    }

    private void Remember(string? key, StreamPosition position)
    {
        if (_keys is not null && !string.IsNullOrEmpty(key) && !_keys.TryGet(key, out _))
        {
            _keys.Add(key, position);
        }
    }

    /// <summary>Does something as the stream's owner, alone.</summary>
    private async Task<T> HeldAsync<T>(Func<Task<T>> action)
    {
        hold.ThrowIfLost();
        await _turn.WaitAsync();
        try
        {
            await hold.TakeAsync();
            return await action();
        }
        catch (Exception e) when (e is RedisAwayException or StreamLostException)
        {
            throw hold.Refusal(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask PrepareToReadAsync()
    {
        hold.ThrowIfLost();
        if (hold.Position.IsNone)
        {
            await SettleAsync();
        }
        else
        {
            await hold.TouchAsync();
        }
    }

    private async Task<IReadOnlyList<Publication>> ReadAsync(ulong from, ulong to, int limit, Order order)
    {
        try
        {
            return await calls.ReadAsync(from, to, limit, order, HistoryReader.MaxPageBytes);
        }
        catch (RedisAwayException e)
        {
            throw hold.Refusal(e);
        }
    }

    private static HistoryPage Page(IReadOnlyList<Publication> publications, StreamPosition top) =>
        new() { Publications = publications, Top = top };
}
