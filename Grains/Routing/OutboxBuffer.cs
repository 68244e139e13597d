using System.Buffers;
using WsCluster.Grains.Limits;

namespace WsCluster.Grains.Routing;

/// <summary>
/// The entries that wait in an outbox, already grouped into batches of at most <see cref="MaxBatchBytes"/>; a larger entry
/// is a batch of its own. Not thread-safe: the outbox's lock guards it.
/// </summary>
/// <param name="silo">What waits in all of the silo's outboxes.</param>
/// <param name="time">The clock.</param>
internal sealed class OutboxBuffer(Allowance silo, TimeProvider time)
{
    public const int MaxBatchBytes = 256 * 1024;
    private const int SmallestRent = 4 * 1024;

    private readonly Queue<RentedBatch> _closed = new();
    private byte[]? _open;
    private int _openLength;
    private long _openedAt;

    /// <summary>Bytes of all entries that wait.</summary>
    public long Bytes { get; private set; }

    public void Append(ReadOnlySpan<byte> entry)
    {
        if (_open is not null && _openLength + entry.Length > MaxBatchBytes)
        {
            CloseOpenBatch();
        }

        MakeRoom(entry.Length);
        entry.CopyTo(_open.AsSpan(_openLength));
        _openLength += entry.Length;
        Bytes += entry.Length;
        silo.Take(entry.Length);
    }

    /// <summary>Takes the oldest batch; whoever takes it returns its array.</summary>
    public bool TryTake(out RentedBatch batch)
    {
        if (_closed.Count == 0 && _open is not null)
        {
            CloseOpenBatch();
        }

        if (!_closed.TryDequeue(out batch))
        {
            return false;
        }

        Bytes -= batch.Length;
        silo.Return(batch.Length);
        return true;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (TryTake(out var batch))
        {
            batch.Return();
        }
    }

    private void CloseOpenBatch()
    {
        _closed.Enqueue(new RentedBatch(_open!, _openLength, _openedAt));
        _open = null;
        _openLength = 0;
    }

    private void MakeRoom(int length)
    {
        var needed = _openLength + length;
        if (_open is null)
        {
            _open = ArrayPool<byte>.Shared.Rent(Math.Max(needed, SmallestRent));
            _openedAt = time.GetTimestamp();
        }
        else if (_open.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _open.Length));
            _open.AsSpan(0, _openLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_open);
            _open = larger;
        }
    }
}

/// <summary>A batch in a rented array.</summary>
/// <param name="Array">The array.</param>
/// <param name="Length">How much of it is the batch.</param>
/// <param name="QueuedAt">When its first entry was queued, as a time stamp of the clock.</param>
internal readonly record struct RentedBatch(byte[] Array, int Length, long QueuedAt)
{
    /// <summary>Copies the bytes into an array of exactly their size, for a message, and returns the rented one.</summary>
    public byte[] ToMessage()
    {
        var message = Array.AsSpan(0, Length).ToArray();
        Return();
        return message;
    }

    public void Return() => ArrayPool<byte>.Shared.Return(Array);
}
