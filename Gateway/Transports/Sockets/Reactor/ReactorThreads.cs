using Microsoft.Extensions.Options;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Hosting;
using WsCluster.Routing;

namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>One reactor thread for each core, where there is a reactor.</summary>
internal sealed class ReactorThreads : IDisposable
{
    private readonly ReactorThread[] _threads;
    private int _next;

    /// <summary>Starts the threads.</summary>
    public ReactorThreads(
        IOptions<GatewayOptions> options, TimeProvider time, GatewayMetrics metrics, ILogger<ReactorThreads> logger, LocalLanes? local = null)
    {
        var count = OperatingSystem.IsLinux() && options.Value.Reactor ? Environment.ProcessorCount : 0;
        _threads = [.. Enumerable.Range(0, count).Select(number => new ReactorThread(number, time, metrics, logger))];
        if (IsOn && local is not null)
        {
            local.Defer = ReactorThread.TryDefer; // so that what a batch of events publishes is delivered at its end, by the same thread
        }
    }

    /// <summary>False where WebSockets are left to .NET's sockets.</summary>
    public bool IsOn => _threads.Length > 0;

    /// <summary>The one that accepts.</summary>
    public ReactorThread First => _threads[0];

    /// <summary>The thread of a new connection.</summary>
    public ReactorThread Next() => _threads[(uint)Interlocked.Increment(ref _next) % (uint)_threads.Length];

    /// <summary>Those that the threads send for.</summary>
    public IEnumerable<WriterShard> Shards => _threads.Select(thread => thread.Shard);

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_threads, thread => thread.Dispose());
}
