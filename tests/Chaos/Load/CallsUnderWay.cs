namespace WsCluster.Tests.Chaos.Load;

/// <summary>A publisher's calls that have no outcome yet: so many at a time, and no end before all of them have one.</summary>
internal sealed class CallsUnderWay(int most)
{
    private readonly Lock _sync = new(); // guards all below
    private int _count;
    private TaskCompletionSource? _settled;

    /// <summary>Begins a call. False when too many are under way.</summary>
    public bool TryBegin(Func<Task> call)
    {
        lock (_sync)
        {
            if (_count >= most)
            {
                return false;
            }

            _count++;
        }

        _ = RunAsync(call);
        return true;
    }

    /// <summary>Waits until every call has its outcome, once no more are begun.</summary>
    public Task SettleAsync()
    {
        lock (_sync)
        {
            _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _count == 0 ? Task.CompletedTask : _settled.Task;
        }
    }

    private async Task RunAsync(Func<Task> call)
    {
        await call();
        lock (_sync)
        {
            if (--_count == 0)
            {
                _settled?.TrySetResult();
            }
        }
    }
}
