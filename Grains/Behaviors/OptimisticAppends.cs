using WsCluster.Configuration;
using WsCluster.Grains.History;

namespace WsCluster.Grains.Behaviors;

/// <summary>
/// Appends to the stream and takes each publication into the state at once, where it will be, so that the next decision knows of
/// it although a durable stream has not answered yet: appends go in groups then as without a behavior. When a prediction turns
/// out wrong (an append failed, or came to another place), the state is out of date and is to be restored before it is used again.
/// </summary>
internal sealed class OptimisticAppends(BehaviorState state, Action<string, Publication> deliver)
{
    private readonly Queue<byte[]> _predicted = new(); // the data of what is in the state and not yet delivered, by offset
    private readonly Dictionary<string, Task<StreamPosition>> _byKey = new(StringComparer.Ordinal);
    private TaskCompletionSource? _settled;
    private int _pending;

    /// <summary>True when the state must be restored. Nothing is decided meanwhile.</summary>
    public bool IsOutdated { get; private set; }

    /// <summary>Appends. The state includes the publication when this returns, wherever it has its place by then.</summary>
    public ValueTask<StreamPosition> AppendAsync(IChannelStream stream, PublishRequest request, ChannelOptions options)
    {
        var append = stream.AppendAsync(request);
        if (append.IsCompletedSuccessfully)
        {
            return append; // delivered by now, and in the state
        }

        _pending++;
        var settling = SettleAsync(append.AsTask(), request.IdempotencyKey ?? "");
        if (request.IdempotencyKey is { Length: > 0 } key && !settling.IsCompleted)
        {
            _byKey[key] = settling;
        }

        if (!request.SkipHistory)
        {
            _predicted.Enqueue(request.Data);
            state.Include(state.Position.Epoch, request.ToPublication(state.Position.Offset + 1, options));
        }

        return new ValueTask<StreamPosition>(settling);
    }

    /// <summary>The append with this idempotency key that is under way, or null.</summary>
    public Task<StreamPosition>? Find(string idempotencyKey) => _byKey.GetValueOrDefault(idempotencyKey);

    /// <summary>The stream delivers.</summary>
    public void Delivered(string epoch, Publication publication)
    {
        if (publication.Offset > 0 && !IsOutdated)
        {
            if (_predicted.Count == 0 && publication.Offset == state.Position.Offset + 1 && epoch == state.Position.Epoch)
            {
                state.Include(epoch, publication);
            }
            else if (!IsPredicted(publication))
            {
                IsOutdated = true;
            }
        }

        deliver(epoch, publication);
    }

    /// <summary>Appends failed: what was decided about them is void. None that was decided since is written either.</summary>
    public void Failed() => IsOutdated = true;

    /// <summary>Waits until no append is under way.</summary>
    public ValueTask WaitAsync()
    {
        if (_pending == 0)
        {
            return ValueTask.CompletedTask;
        }

        _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new ValueTask(_settled.Task);
    }

    /// <summary>The state was restored; no append is under way.</summary>
    public void Restored()
    {
        _predicted.Clear();
        IsOutdated = false;
    }

    private bool IsPredicted(Publication publication) =>
        _predicted.TryPeek(out var data)
        && publication.Offset == state.Position.Offset - (ulong)_predicted.Count + 1
        && ReferenceEquals(data, publication.Data)
        && _predicted.TryDequeue(out _);

    private async Task<StreamPosition> SettleAsync(Task<StreamPosition> append, string key)
    {
        try
        {
            return await append;
        }
        catch (Exception)
        {
            IsOutdated = true;
            throw;
        }
        finally
        {
            _byKey.Remove(key);
            if (--_pending == 0)
            {
                IsOutdated |= _predicted.Count > 0; // acknowledged at an earlier place, so never delivered
                _settled?.SetResult();
                _settled = null;
            }
        }
    }
}
