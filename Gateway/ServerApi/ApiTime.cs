namespace WsCluster.Gateway.ServerApi;

/// <summary>Times in requests: unix seconds, zero or less for never.</summary>
internal static class ApiTime
{
    // A year before the end of time: delays are added to what expires.
    private static readonly long Latest = DateTimeOffset.MaxValue.AddYears(-1).ToUnixTimeSeconds();

    /// <summary>False for a time beyond the year 9998, which a caller gets by sending milliseconds.</summary>
    public static bool TryRead(long unixSeconds, out DateTimeOffset? time)
    {
        time = unixSeconds is > 0 && unixSeconds <= Latest ? DateTimeOffset.FromUnixTimeSeconds(unixSeconds) : null;
        return unixSeconds <= Latest;
    }
}
