using System.Diagnostics;
using System.Numerics;

namespace WsCluster.Load;

/// <summary>Counts durations in buckets at most 1.6 % wide; any thread may add.</summary>
internal sealed class Histogram
{
    private const int SubBits = 6; // 64 buckets for each power of two of microseconds

    private readonly long[] _buckets = new long[(64 - SubBits) << SubBits];
    private long _max;

    /// <summary>Adds a duration in ticks of <see cref="Stopwatch"/>; one below zero counts as zero.</summary>
    public void Add(long ticks)
    {
        var microseconds = Math.Max(0, ticks) * 1_000_000 / Stopwatch.Frequency;
        Interlocked.Increment(ref _buckets[BucketOf(microseconds)]);
        var max = Volatile.Read(ref _max);
        while (microseconds > max && Interlocked.CompareExchange(ref _max, microseconds, max) is var seen && seen != max)
        {
            max = seen;
        }
    }

    public double MaxMilliseconds => Volatile.Read(ref _max) / 1000.0;

    /// <summary>The duration that the given share (0 to 1) did not exceed; zero when nothing was added.</summary>
    public double Milliseconds(double share)
    {
        var left = (long)Math.Ceiling(_buckets.Sum() * share);
        for (var i = 0; i < _buckets.Length; i++)
        {
            left -= _buckets[i];
            if (left <= 0 && _buckets[i] > 0)
            {
                return Math.Min(UpperEdge(i) / 1000.0, MaxMilliseconds);
            }
        }

        return 0;
    }

    private static int BucketOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static long UpperEdge(int bucket)
    {
        var shift = Math.Max(0, (bucket >> SubBits) - 1);
        return ((long)(bucket - (shift << SubBits)) << shift) + (1L << shift) - 1;
    }
}
