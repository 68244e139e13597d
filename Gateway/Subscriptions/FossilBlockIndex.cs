using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>Finds where pieces of a target occur in a source, which is cut into blocks and indexed by their hash.</summary>
internal readonly ref struct FossilBlockIndex : IDisposable
{
    /// <summary>Length of a block in bytes: the shortest piece that can be found.</summary>
    public const int BlockLength = 16;

    // Repetitive sources hold many equal blocks, and hostile ones many of equal hash. Looking at a few of them keeps the
    // work per position constant; the first ones are the ones with the most source after them.
    private const int MaxCandidates = 16;

    private readonly ReadOnlySpan<byte> _source;
    private readonly int[] _first; // by hash: number of the first block plus one, zero for none
    private readonly int[] _next; // by block: number of the next block with the same hash plus one
    private readonly int _shift;

    /// <summary>Indexes the source.</summary>
    public FossilBlockIndex(ReadOnlySpan<byte> source)
    {
        var blocks = source.Length / BlockLength;
        var bits = BitOperations.Log2((uint)blocks | 1) + 1; // at least one bucket per block
        _source = source;
        _shift = 64 - bits;
        _first = ArrayPool<int>.Shared.Rent(1 << bits);
        _first.AsSpan(0, 1 << bits).Clear();
        _next = ArrayPool<int>.Shared.Rent(blocks);
        for (var block = blocks - 1; block >= 0; block--)
        {
            ref var first = ref _first[Bucket(source[(block * BlockLength)..])];
            _next[block] = first;
            first = block + 1;
        }
    }

    /// <summary>
    /// Finds a piece of the source that covers the target's block at <paramref name="position"/>, the longest of those
    /// looked at. It may start before the position, but not before <paramref name="covered"/>.
    /// </summary>
    public bool TryFind(ReadOnlySpan<byte> target, int covered, int position, out FossilMatch match)
    {
        match = default;
        var ahead = target[position..];
        var candidate = _first[Bucket(ahead)];
        for (var tried = 0; candidate != 0 && tried < MaxCandidates; tried++)
        {
            var start = (candidate - 1) * BlockLength;
            candidate = _next[candidate - 1];

            var forward = _source[start..].CommonPrefixLength(ahead);
            if (forward < BlockLength)
            {
                continue; // only the hash is the same
            }

            var back = 0;
            while (back < start && back < position - covered && _source[start - back - 1] == target[position - back - 1])
            {
                back++;
            }

            if (forward + back > match.Length)
            {
                match = new FossilMatch(start - back, position - back, forward + back);
            }
        }

        return match.Length > 0;
    }

    /// <summary>Returns the index to the pool.</summary>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_first);
        ArrayPool<int>.Shared.Return(_next);
    }

    // Hashed anew at each position: two multiplications cost less than carrying a rolling sum along.
    private int Bucket(ReadOnlySpan<byte> block)
    {
        var low = BinaryPrimitives.ReadUInt64LittleEndian(block);
        var high = BinaryPrimitives.ReadUInt64LittleEndian(block[sizeof(ulong)..]);
        return (int)(((low * 0x9E3779B97F4A7C15) ^ BitOperations.RotateLeft(high, 29)) * 0xD6E8FEB86659FD93 >> _shift);
    }
}
