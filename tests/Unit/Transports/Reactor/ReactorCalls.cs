using WsCluster.Gateway.Transports.Sockets.Reactor;

namespace WsCluster.Tests.Unit.Transports.Reactor;

/// <summary>Does things on a reactor thread.</summary>
internal static class ReactorCalls
{
    public static Task CallAsync(this ReactorThread thread, Action action)
    {
        var work = new Work(action);
        thread.Post(work);
        return work.Done.WaitAsync(Wait.Limit);
    }

    /// <summary>The same task for a test to await, which must not go on on the reactor thread that ends it.</summary>
    public static Task OffThread(this Task task) => task.ContinueWith(same => same, TaskScheduler.Default).Unwrap();

    public sealed class Work(Action action) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public void Execute()
        {
            try
            {
                action();
                _done.SetResult();
            }
            catch (Exception e)
            {
                _done.SetException(e);
            }
        }
    }
}
