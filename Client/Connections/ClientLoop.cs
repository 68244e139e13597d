namespace WsCluster.Client.Connections;

/// <summary>
/// Runs the work of a client one piece at a time, awaits included: what runs here resumes here. So the state of a client and its
/// subscriptions needs no locks; it may have changed across an await, as in a grain.
/// </summary>
internal sealed class ClientLoop
{
    private readonly TaskFactory _factory = new(
        CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);

    public Task RunAsync(Action work) => _factory.StartNew(work);

    public Task RunAsync(Func<Task> work) => _factory.StartNew(work).Unwrap();

    public Task<T> RunAsync<T>(Func<Task<T>> work) => _factory.StartNew(work).Unwrap();
}
