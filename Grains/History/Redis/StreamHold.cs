using StackExchange.Redis;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;

namespace WsCluster.Grains.History.Redis;

/// <summary>
/// This activation's hold on its stream in Redis: where the stream stands, and whether an append of this activation would pass.
/// Every other activation's append fails from the moment that it is taken, so the top is known without asking. Whoever takes the
/// stream or changes it has the stream's turn; reading properties needs none.
/// </summary>
internal sealed class StreamHold(
    ChannelOptions options, IStreamOwner owner, StreamCalls calls, StreamAppender appender, StreamTail tail, TimeProvider time)
{
    private const int CatchUpLimit = 1000;

    private bool _isOwned; // false also while an append's outcome is unknown: taking the stream over again settles it
    private string? _lostBecause;
    private DateTimeOffset _lastTouch;

    /// <summary>Where the stream stands, and the token that appends need.</summary>
    public StreamOwnership Ownership { get; private set; } = new(StreamPosition.None, 0);

    /// <summary>The newest publication handed out for delivery, and the epoch; none before the stream was taken.</summary>
    public StreamPosition Position => Ownership.Position;

    /// <summary>Makes this activation the stream's owner, if it is not.</summary>
    public async ValueTask TakeAsync()
    {
        ThrowIfLost();
        if (_isOwned)
        {
            return;
        }

        var known = Position;
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
            Ownership = taken;
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

    /// <summary>
    /// An append failed. Whatever Redis did with it, it does nothing more with it once the stream is taken again, which the next
    /// one begins with.
    /// </summary>
    public void Doubt() => _isOwned = false;

    /// <summary>Puts off the expiry of a stream that is only read.</summary>
    public async ValueTask TouchAsync()
    {
        if (time.GetUtcNow() - _lastTouch <= calls.MetaTtl / 4)
        {
            return;
        }

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

    /// <summary>
    /// Hands a publication that is in the stream out for delivery. Nothing is awaited here: whoever asks for the top sees what was
    /// handed out, no more and no less.
    /// </summary>
    public void Publish(PublishRequest request, ulong offset) => Publish(request.ToPublication(offset, options));

    /// <summary>What callers are told: the same call may succeed later, on whichever activation has the stream then.</summary>
    public WsClusterException Refusal(Exception failure)
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

    public void ThrowIfLost()
    {
        if (_lostBecause is not null)
        {
            throw Moving();
        }
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

        Ownership = taken with { Position = new StreamPosition(from, taken.Position.Epoch) };
        foreach (var publication in missing)
        {
            Publish(publication);
        }
    }

    private void Publish(Publication publication)
    {
        var epoch = "";
        if (publication.Offset > 0)
        {
            epoch = Position.Epoch;
            Ownership = Ownership with { Position = new StreamPosition(publication.Offset, epoch) };
            tail.Add(publication);
        }

        owner.Deliver(epoch, publication);
    }

    private WsClusterException Moving() => new(ErrorCode.Internal, $"The channel is moving, because of its stream {_lostBecause}: try again.");
}
