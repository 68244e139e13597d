namespace WsCluster.Gateway.Subscriptions;

/// <summary>Times to live as clients get them (protocol §14).</summary>
internal static class Ttl
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Whole seconds until <paramref name="expireAt"/>, rounded up and at most a year; zero when it is null or past.</summary>
    public static uint Seconds(DateTimeOffset? expireAt, DateTimeOffset now)
    {
        if (expireAt is not { } at || at <= now)
        {
            return 0;
        }

        var left = at - now;
        return (uint)Math.Ceiling((left < Longest ? left : Longest).TotalSeconds);
    }
}
