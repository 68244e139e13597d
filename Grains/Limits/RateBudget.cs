namespace WsCluster.Grains.Limits;

/// <summary>A rate in one number: the time until which what was taken so far has been paid for. Not safe for several threads.</summary>
internal sealed class RateBudget(TimeProvider time)
{
    /// <summary>What may be taken at once, as the time in which the rate gives it.</summary>
    public static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    private long _paidUntil; // ticks

    /// <summary>Takes what there is, at most so much. Returns how much, and how long it takes until there is more.</summary>
    public (int Amount, TimeSpan RetryAfter) Take(int wanted, int perSecond)
    {
        var now = time.GetUtcNow().UtcTicks;
        var from = Math.Max(_paidUntil, now - Burst.Ticks);
        var amount = (int)Math.Min(wanted, (now - from) * perSecond / TimeSpan.TicksPerSecond);
        if (amount <= 0)
        {
            var next = from + ((TimeSpan.TicksPerSecond + perSecond - 1) / perSecond);
            return (0, TimeSpan.FromTicks(Math.Max(1, next - now)));
        }

        _paidUntil = from + (amount * TimeSpan.TicksPerSecond / perSecond);
        return (amount, TimeSpan.Zero);
    }
}
