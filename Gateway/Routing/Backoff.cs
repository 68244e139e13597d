namespace WsCluster.Gateway.Routing;

/// <summary>How long to wait before the next attempt: 50 ms doubling to 2 s, of which a random quarter to all, so that gateways do not march in step.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>The delay after the attempt with this number, counted from 0.</summary>
    public static TimeSpan Delay(int attempt, Random? random = null)
    {
        var ceiling = First * Math.Pow(2, Math.Min(attempt, 10));
        return (ceiling < Longest ? ceiling : Longest) * (0.25 + ((random ?? Random.Shared).NextDouble() * 0.75));
    }
}
