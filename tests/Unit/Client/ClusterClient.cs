using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace WsCluster.Tests.Unit.Client;

/// <summary>An <see cref="IWsCluster"/> over fake grains and a clock that runs as fast as the calls wait.</summary>
internal sealed class ClusterClient
{
    public ClusterClient(Action<WsClusterClientOptions>? configure = null, IDetour? detour = null)
    {
        var options = new WsClusterClientOptions();
        configure?.Invoke(options);
        var retry = new CallRetry(Options.Create(options), Time, NullLogger<CallRetry>.Instance);
        Cluster = new OrleansWsCluster(Grains.Factory, retry, NullLogger<OrleansWsCluster>.Instance, detour);
    }

    public FakeGrains Grains { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public IWsCluster Cluster { get; }

    /// <summary>Lets time pass until the task is done.</summary>
    public async Task<T> FinishAsync<T>(Task<T> task)
    {
        await FinishAsync((Task)task);
        return await task;
    }

    /// <inheritdoc cref="FinishAsync{T}"/>
    public async Task FinishAsync(Task task)
    {
        for (var i = 0; i < 10_000 && !task.IsCompleted; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
            if (i % 50 == 0)
            {
                await Task.Delay(1); // continuations run on other threads
            }
        }

        await task.WaitAsync(TimeSpan.FromSeconds(5));
    }
}
