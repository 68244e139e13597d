using System.Threading.Channels;
using WsCluster.Routing;

namespace WsCluster.Gateway.Transports.Emulation;

/// <summary>
/// The uplink of one connection without a socket of its own: frames that came by requests, carried out in the order in which
/// they came. Ends with its connection's request.
/// </summary>
internal sealed class EmulatedSession(string id, EmulatedSessions owner) : IDisposable
{
    /// <summary>What a frame counts beside its bytes, so that empty ones are bounded too.</summary>
    private const int FrameOverhead = 64;

    private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private int _pendingBytes;

    /// <summary>The secret that names it.</summary>
    public string Id => id;

    /// <summary>Queues a frame. Never waits.</summary>
    public UplinkOutcome TryTake(byte[] frame, int maxBytes)
    {
        var cost = CostOf(frame);
        if (Interlocked.Add(ref _pendingBytes, cost) > maxBytes + FrameOverhead || !owner.TryReserve(cost))
        {
            Interlocked.Add(ref _pendingBytes, -cost);
            return UplinkOutcome.Full;
        }

        if (_frames.Writer.TryWrite(frame))
        {
            return UplinkOutcome.Accepted;
        }

        owner.Release(cost);
        return UplinkOutcome.NoSession; // it has just ended
    }

    /// <summary>Carries frames out, one after the other, until <paramref name="over"/>.</summary>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, Task> process, CancellationToken over)
    {
        await foreach (var frame in _frames.Reader.ReadAllAsync(over))
        {
            try
            {
                await process(frame);
            }
            finally
            {
                Interlocked.Add(ref _pendingBytes, -CostOf(frame));
                owner.Release(CostOf(frame));
            }
        }
    }

    /// <summary>Ends the session: what still waits is for nobody.</summary>
    public void Dispose()
    {
        owner.Forget(this);
        _frames.Writer.TryComplete();
        while (_frames.Reader.TryRead(out var frame))
        {
            owner.Release(CostOf(frame));
        }
    }

    private static int CostOf(byte[] frame) => frame.Length + FrameOverhead;
}
