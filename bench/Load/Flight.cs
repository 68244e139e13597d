namespace WsCluster.Load;

/// <summary>One publisher's publications in flight in a closed loop: a place is free again when all subscribers have one.</summary>
internal sealed class Flight(int window) : IDisposable
{
    private const int ChunkBits = 16;

    private readonly SemaphoreSlim _free = new(window);

    // By publication: the deliveries still to come. A chunk is there before its first publication is sent.
    private readonly int[]?[] _chunks = new int[1 << 14][];

    /// <summary>Waits for a free place; false when none became free in that time.</summary>
    public Task<bool> WaitAsync(TimeSpan patience) => _free.WaitAsync(patience);

    /// <summary>Takes a place if one is free now.</summary>
    public bool TryTake() => _free.Wait(0);

    /// <summary>Notes a publication that is about to be sent.</summary>
    public void Begin(long publication, int subscribers)
    {
        ref var chunk = ref _chunks[publication >> ChunkBits];
        chunk ??= new int[1 << ChunkBits];
        Volatile.Write(ref chunk[publication & ((1 << ChunkBits) - 1)], subscribers);
    }

    /// <summary>Notes a delivery, from any thread.</summary>
    public void Delivered(long publication)
    {
        if (Interlocked.Decrement(ref Left(publication)) == 0)
        {
            _free.Release();
        }
    }

    /// <summary>Gives the place back: the publication was refused.</summary>
    public void Abandon(long publication)
    {
        if (Interlocked.Exchange(ref Left(publication), 0) > 0)
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private ref int Left(long publication) => ref _chunks[publication >> ChunkBits]![publication & ((1 << ChunkBits) - 1)];
}
