using System.Diagnostics;

namespace WsCluster.Load;

/// <summary>When publishing starts, and the part of it that is measured, in ticks of <see cref="Stopwatch"/>.</summary>
internal sealed record MeasuredWindow(long PublishFrom, long Start, long End)
{
    public static MeasuredWindow After(TimeSpan pause, LoadOptions options)
    {
        var from = Stopwatch.GetTimestamp() + Ticks(pause);
        var start = from + Ticks(options.Warmup);
        return new MeasuredWindow(from, start, start + Ticks(options.Duration));
    }

    public bool Contains(long ticks) => ticks >= Start && ticks < End;

    /// <summary>Waits until a point in time. Not earlier, and about a millisecond later.</summary>
    public static async Task UntilAsync(long ticks)
    {
        while (ticks - Stopwatch.GetTimestamp() is > 0 and var left)
        {
            await Task.Delay((int)Math.Ceiling(left * 1000.0 / Stopwatch.Frequency));
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
