using System.Diagnostics;
using WsCluster.Tracing;

namespace WsCluster.Gateway.Connections;

/// <summary>Follows a traced publication to the sockets of its first subscribers: a span for each of thousands would tell no more.</summary>
internal sealed class TracedWrites(byte[] context)
{
    private const int Most = 10;

    private readonly long _queuedAt = Stopwatch.GetTimestamp();
    private int _written;

    /// <summary>It was handed to the transport of a connection.</summary>
    public void Written(string transport)
    {
        var number = Interlocked.Increment(ref _written);
        if (number <= Most)
        {
            PublishTrace.Emit("write", context, Stopwatch.GetElapsedTime(_queuedAt), "wscluster.transport", transport);
        }
    }
}
