namespace WsCluster.Gateway.Connections;

/// <summary>One shard with a thread of its own for each core; a connection stays with its shard.</summary>
internal sealed class WriterShards : IDisposable
{
    private readonly WriterThread[] _threads;
    private readonly WriterShard[] _shards;
    private int _next;

    /// <summary>Starts the threads.</summary>
    public WriterShards(TimeProvider time, GatewayMetrics metrics)
    {
        _threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new WriterThread(number, metrics))];
        _shards = [.. _threads.Select(thread => new WriterShard(time, thread))];
    }

    /// <summary>The shard of a new connection.</summary>
    public WriterShard Next() => _shards[(uint)Interlocked.Increment(ref _next) % (uint)_shards.Length];

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_threads, thread => thread.Dispose());
}
