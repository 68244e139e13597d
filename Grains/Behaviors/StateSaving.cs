using WsCluster.Grains.History;

namespace WsCluster.Grains.Behaviors;

/// <summary>
/// When a behavior's state is saved with its stream: after so many publications, and some time after the last. Does nothing where the
/// stream keeps no snapshots or the behavior has no state. The caller has the turn.
/// </summary>
/// <param name="state">The state.</param>
/// <param name="appends">What it includes before it has its place.</param>
/// <param name="stream">Where it is saved.</param>
/// <param name="hasState">False: there is nothing to save.</param>
/// <param name="startTimer">Makes timers.</param>
/// <param name="takeTurn">Runs something in a turn of its own.</param>
internal sealed class StateSaving(
    BehaviorState state, OptimisticAppends appends, IChannelStream stream, bool hasState, StartBehaviorTimer startTimer, Func<Func<ValueTask>, Task> takeTurn)
{
    /// <summary>A state that nothing more happens to is saved after this time.</summary>
    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(5);

    private readonly bool _keepsSnapshots = hasState && stream is ISnapshotStream;
    private IDisposable? _timer;

    /// <summary>True when some publications should be in a snapshot and are in none.</summary>
    public bool IsUnsaved => _keepsSnapshots && state.IsUnsaved;

    /// <summary>A handler has ended: saves what it did, now or later.</summary>
    public ValueTask AfterHandlerAsync()
    {
        if (!IsUnsaved)
        {
            return ValueTask.CompletedTask;
        }

        if (state.IsDue)
        {
            return SaveAsync();
        }

        _timer ??= startTimer(() => takeTurn(SaveAsync), SaveAfter, Timeout.InfiniteTimeSpan);
        return ValueTask.CompletedTask;
    }

    /// <summary>Saves the state, once all of it has its place.</summary>
    public async ValueTask SaveAsync()
    {
        Stop();
        await appends.WaitAsync();
        if (!appends.IsOutdated)
        {
            await state.SaveAsync(stream);
        }
    }

    /// <summary>Better no publication than one that a crash would take out of the state.</summary>
    /// <exception cref="WsClusterException">111: the state could not be saved for too long.</exception>
    public ValueTask StayOutOfDangerAsync() => _keepsSnapshots && state.IsInDanger ? SaveOrThrowAsync() : ValueTask.CompletedTask;

    /// <summary>Nothing more is saved by itself.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private async ValueTask SaveOrThrowAsync()
    {
        await SaveAsync();
        if (state.IsInDanger)
        {
            throw new WsClusterException(ErrorCode.TooManyRequests, "The channel's state could not be saved for too long.");
        }
    }
}
