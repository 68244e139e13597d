using WsCluster.Gateway.Transports.Sockets.Reactor;

namespace WsCluster.Gateway.Connections;

/// <summary>One shard for each core, on a thread of its own or on a reactor's; a connection stays with its shard.</summary>
internal sealed class WriterShards : IDisposable
{
    private readonly WriterThread[] _threads;
    private readonly WriterShard[] _shards;
    private int _next;

    /// <summary>Starts the threads, where no reactor has some.</summary>
    public WriterShards(TimeProvider time, GatewayMetrics metrics, ReactorThreads reactor)
    {
        _threads = [.. Enumerable.Range(0, reactor.IsOn ? 0 : Environment.ProcessorCount).Select(number => new WriterThread(number, metrics))];
        _shards = [.. reactor.IsOn ? reactor.Shards : _threads.Select(thread => new WriterShard(time, thread))];
    }

    /// <summary>The shard of a new connection.</summary>
    public WriterShard Next() => _shards[(uint)Interlocked.Increment(ref _next) % (uint)_shards.Length];

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_threads, thread => thread.Dispose());
}
