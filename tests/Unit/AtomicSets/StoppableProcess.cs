using WsCluster.Grains.AtomicSets;

namespace WsCluster.Tests.AtomicSets;

/// <summary>
/// A process that publishes sets and stops at one step: everything that it does to a store or channel has a step before, where nothing
/// is done, and one behind, where only the answer is missing. One that is never resumed was killed; one that is was frozen, and what
/// it was about to do happens then.
/// </summary>
internal sealed class StoppableProcess(ISetStore store, ISetChannels channels, int stopAt = -1) : ISetStore, ISetChannels
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _steps = -1;

    /// <summary>Ends when it has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>It goes on where it was, as if nothing had been.</summary>
    public void Resume() => _resumed.TrySetResult();

    public Task<SetDecision> DecideAsync(string key, ChannelPublication[] publications) => DoAsync(() => store.DecideAsync(key, publications));

    public Task<IReadOnlyList<AtomicSet>> ClaimAsync() => DoAsync(store.ClaimAsync);

    public Task<SetOutcome> CompleteAsync(AtomicSet set, StreamPosition[] positions) => DoAsync(() => store.CompleteAsync(set, positions));

    public Task<StreamPosition> PublishAsync(string channel, PublishRequest request) => DoAsync(() => channels.PublishAsync(channel, request));

    private async Task<T> DoAsync<T>(Func<Task<T>> effect)
    {
        await StepAsync();
        var answer = await effect();
        await StepAsync();
        return answer;
    }

    private Task StepAsync()
    {
        if (Interlocked.Increment(ref _steps) == stopAt)
        {
            _stopped.SetResult();
        }

        return _stopped.Task.IsCompleted ? _resumed.Task : Task.CompletedTask;
    }
}
