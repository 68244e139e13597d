namespace WsCluster.Grains.Behaviors;

/// <summary>
/// Lets one handler at a time run, in the order of their arrival. Used on one scheduler: it guards against interleaving, not
/// against threads.
/// </summary>
internal sealed class TurnLock
{
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _taken;

    /// <summary>Those that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Waits for the turn. Whoever got it gives it back with <see cref="Exit"/>.</summary>
    public ValueTask EnterAsync()
    {
        if (!_taken)
        {
            _taken = true;
            return ValueTask.CompletedTask;
        }

        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(place);
        return new ValueTask(place.Task);
    }

    /// <summary>Gives the turn to the next.</summary>
    public void Exit()
    {
        if (_waiting.TryDequeue(out var next))
        {
            next.SetResult();
        }
        else
        {
            _taken = false;
        }
    }
}
