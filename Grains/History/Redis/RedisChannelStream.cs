using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// The stream of one channel in Redis. It is taken over by the first call: from then on the activation knows the top without
/// asking, since every other activation's append fails. One call that changes the stream is under way at a time.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphore holds nothing to dispose of while nobody asks for its wait handle.")]
internal sealed class RedisChannelStream(
    string channel,
    ChannelOptions options,
    IStreamOwner owner,
    StreamCalls calls,
    StreamAppender appender,
    AppendQueue queue,
    RedisLink link,
    StreamTail tail,
    TimeProvider time,
    GrainMetrics metrics,
    ILogger<RedisChannelStream> logger) : IChannelStream
{
    private const int CatchUpLimit = 1000;

    private readonly SemaphoreSlim _turn = new(1);
    private StreamOwnership _ownership = new(StreamPosition.None, 0);
    private bool _isOwned; // false also while an append's outcome is unknown: taking the stream over again settles it
    private bool _isPumping;
    private string? _lostBecause;
    private DateTimeOffset _lastTouch;

    public ValueTask<StreamPosition> AppendAsync(PublishRequest request)
    {
        ThrowIfLost();
        if (request.SkipHistory && string.IsNullOrEmpty(request.IdempotencyKey))
        {
            owner.Deliver("", request.ToPublication(0, options)); // nothing to keep
            return ValueTask.FromResult(StreamPosition.None);
        }

        if (link.IsAway)
        {
            metrics.StoreRefused("away");
            throw Refusal(new RedisAwayException(mayHaveRun: false));
        }

        var append = queue.Add(request);
        if (!_isPumping)
        {
            _isPumping = true;
            _ = PumpAsync();
        }

        return new ValueTask<StreamPosition>(append.Task);
    }

    public async ValueTask<StreamPosition> GetTopAsync()
    {
        await PrepareToReadAsync();
        return _ownership.Position;
    }

    public async ValueTask<Publication?> GetLatestAsync() =>
        tail.Latest() ?? ((await ReadBeforeAsync(null, 1)).Publications is [var latest, ..] ? latest : null);

    public async ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit)
    {
        await PrepareToReadAsync();
        var top = _ownership.Position;
        return after >= top.Offset || limit == 0
            ? Page([], top)
            : Page(tail.ReadAfter(after, limit) ?? await ReadAsync(after + 1, top.Offset, limit, Order.Ascending), top);
    }

    public async ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit)
    {
        await PrepareToReadAsync();
        var top = _ownership.Position;
        var last = before is { } end && end <= top.Offset ? end - Math.Min(end, 1) : top.Offset;
        return last == 0 || limit == 0
            ? Page([], top)
            : Page(await ReadAsync(1, last, limit, Order.Descending), top);
    }

    public async ValueTask RemoveAsync()
    {
        ThrowIfLost();
        await _turn.WaitAsync();
        try
        {
            await TakeOverAsync();
            await calls.RemoveAsync(_ownership);
            tail.Clear();
        }
        catch (Exception e) when (e is RedisAwayException or StreamLostException)
        {
            throw Refusal(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    public DateTimeOffset? Trim() => tail.Trim();

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
                await TakeOverAsync();
                Complete(group, await appender.AppendAsync(_ownership, group));
            }
            catch (Exception e)
            {
                if (e is not (RedisAwayException or StreamLostException or WsClusterException))
                {
                    RedisHistoryLog.AppendFailed(logger, channel, e);
                }

                Fail(group, e);
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
        var epoch = _ownership.Position.Epoch;
        foreach (var append in group)
        {
            var offset = reply.Next(out var isNew);
            var position = offset == 0 ? StreamPosition.None : new StreamPosition(offset, epoch);
            if (isNew)
            {
                Publish(append.Request.ToPublication(offset, options));
            }

            append.SetResult(position); // the publishers go on one after the other, in this order
        }
    }

    /// <summary>Nothing is awaited here: whoever asks for the top sees what was handed out for delivery, no more and no less.</summary>
    private void Publish(Publication publication)
    {
        var epoch = "";
        if (publication.Offset > 0)
        {
            epoch = _ownership.Position.Epoch;
            _ownership = _ownership with { Position = new StreamPosition(publication.Offset, epoch) };
            tail.Add(publication);
        }

        owner.Deliver(epoch, publication);
    }

    private void Fail(IReadOnlyList<PendingAppend> group, Exception failure)
    {
        // Whatever Redis did with the group, it does nothing more with it once the stream is taken over again.
        _isOwned = false;
        var refusal = Refusal(failure);
        metrics.StoreRefused(failure is RedisAwayException { MayHaveRun: false } ? "away" : "unknown", group.Count);
        foreach (var append in group)
        {
            append.TrySetException(refusal); // some may have their answer when a delivery failed
        }
    }

    private async ValueTask PrepareToReadAsync()
    {
        ThrowIfLost();
        if (_ownership.Position.IsNone)
        {
            await _turn.WaitAsync();
            try
            {
                await TakeOverAsync();
            }
            catch (Exception e) when (e is RedisAwayException or StreamLostException)
            {
                throw Refusal(e);
            }
            finally
            {
                _turn.Release();
            }
        }
        else if (time.GetUtcNow() - _lastTouch > calls.MetaTtl / 4)
        {
            _lastTouch = time.GetUtcNow();
            try
            {
                await calls.TouchAsync();
            }
            catch (RedisAwayException)
            {
                // three quarters of the time are left
            }
        }
    }

    /// <summary>Makes this activation the stream's owner, if it is not; the caller has the turn.</summary>
    private async ValueTask TakeOverAsync()
    {
        ThrowIfLost();
        if (_isOwned)
        {
            return;
        }

        var known = _ownership.Position;
        StreamOwnership taken;
        try
        {
            taken = await calls.OpenAsync(known);
        }
        catch (RedisAwayException e)
        {
            throw new RedisAwayException(mayHaveRun: false, e); // nothing was published, whatever became of this
        }

        if (known.IsNone)
        {
            _ownership = taken;
        }
        else if (taken.Position.Epoch != known.Epoch)
        {
            throw new StreamLostException("Redis no longer has it as it was acknowledged");
        }
        else
        {
            await CatchUpAsync(known.Offset, taken);
        }

        appender.Restart();
        _lastTouch = time.GetUtcNow();
        _isOwned = true;
    }

    /// <summary>Delivers what got into the stream although its publisher was told that the outcome is unknown.</summary>
    private async Task CatchUpAsync(ulong from, StreamOwnership taken)
    {
        var top = taken.Position.Offset;
        var missing = top == from ? [] : await calls.ReadAsync(from + 1, top, CatchUpLimit, Order.Ascending, HistoryReader.MaxPageBytes);
        if ((ulong)missing.Count != top - from)
        {
            throw new StreamLostException("it has moved on too far without this activation");
        }

        _ownership = taken with { Position = new StreamPosition(from, taken.Position.Epoch) };
        foreach (var publication in missing)
        {
            Publish(publication);
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
            throw Refusal(e);
        }
    }

    private static HistoryPage Page(IReadOnlyList<Publication> publications, StreamPosition top) =>
        new() { Publications = publications, Top = top };

    /// <summary>What callers are told: the same call may succeed later, on whichever activation has the stream then.</summary>
    private WsClusterException Refusal(Exception failure)
    {
        if (failure is WsClusterException refusal)
        {
            return refusal;
        }

        if (failure is StreamLostException && _lostBecause is null)
        {
            _lostBecause = failure.Message;
            owner.LoseStream(failure.Message);
        }

        return failure is StreamLostException ? Moving() : new WsClusterException(ErrorCode.Internal, failure.Message, failure is RedisAwayException ? null : failure);
    }

    private void ThrowIfLost()
    {
        if (_lostBecause is not null)
        {
            throw Moving();
        }
    }

    private WsClusterException Moving() => new(ErrorCode.Internal, $"The channel is moving, because of its stream {_lostBecause}: try again.");
}
