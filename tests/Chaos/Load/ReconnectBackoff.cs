namespace WsCluster.Tests.Chaos.Load;

/// <summary>How long an SDK waits before it connects again: exponential with full jitter, 0.5 s to 20 s (protocol §28).</summary>
internal sealed class ReconnectBackoff
{
    /// <summary>The shortest wait.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    private int _attempts;

    /// <summary>The wait before the next attempt.</summary>
    public TimeSpan Next()
    {
        var most = Math.Min(Most.TotalMilliseconds, Least.TotalMilliseconds * Math.Pow(2, ++_attempts));
        return TimeSpan.FromMilliseconds(Least.TotalMilliseconds + (Random.Shared.NextDouble() * (most - Least.TotalMilliseconds)));
    }

    /// <summary>All is well: the next time starts with the shortest.</summary>
    public void Reset() => _attempts = 0;
}
