using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Transports;

namespace WsCluster.Bench.Micro;

/// <summary>Runs the shard's rounds here and now.</summary>
internal sealed class Rounds : IWriterScheduler
{
    private IThreadPoolWorkItem? _next;

    public void Schedule(IThreadPoolWorkItem shard, TimeSpan joinInterval) => _next = shard;

    public void Run()
    {
        while (_next is { } shard)
        {
            _next = null;
            shard.Execute();
        }
    }
}

/// <summary>A client that takes everything at once.</summary>
internal sealed class NoTransport : ITransport
{
    public string Name => "none";

    public bool SendsWebSocketFrames => true;

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame) => ValueTask.CompletedTask;

    public ValueTask CloseAsync(int code, string reason) => ValueTask.CompletedTask;

    public void Abort()
    {
    }
}
