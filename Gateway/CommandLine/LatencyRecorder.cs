namespace WsCluster.Gateway.CommandLine;

/// <summary>Counts times in buckets that are two percent wide, from a microsecond to over a minute. Any thread may add.</summary>
internal sealed class LatencyRecorder
{
    private const double Width = 1.02;

    private static readonly int Buckets = BucketOf(TimeSpan.FromMinutes(2)) + 1;

    private readonly long[] _counts = new long[Buckets];
    private long _count;

    /// <summary>How many there are.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan time)
    {
        Interlocked.Increment(ref _counts[Math.Min(BucketOf(time), Buckets - 1)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The time that this share of them did not exceed, within two percent.</summary>
    public TimeSpan At(double share)
    {
        var rank = (long)Math.Ceiling(share * Count);
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            rank -= _counts[bucket];
            if (rank <= 0)
            {
                return TimeSpan.FromMicroseconds(Math.Pow(Width, bucket));
            }
        }

        return TimeSpan.Zero;
    }

    private static int BucketOf(TimeSpan time) => Math.Max(0, (int)Math.Ceiling(Math.Log(Math.Max(1, time.TotalMicroseconds), Width)));
}
