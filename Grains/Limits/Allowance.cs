namespace WsCluster.Grains.Limits;

/// <summary>What all of a silo's channels, outboxes or users may hold together of one thing. Any thread may use it.</summary>
/// <param name="limit">The most, in bytes or items.</param>
internal sealed class Allowance(long limit)
{
    private long _used;

    /// <summary>An allowance that never ends, where only one holder counts.</summary>
    public static Allowance Endless => new(long.MaxValue);

    /// <summary>The most, in bytes or items.</summary>
    public long Limit => limit;

    /// <summary>What is held now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>True when more is held than allowed: holders that can let go of something should.</summary>
    public bool IsOver => Used > limit;

    /// <summary>Takes the amount, unless the limit would be passed.</summary>
    public bool TryTake(long amount)
    {
        if (Interlocked.Add(ref _used, amount) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -amount);
        return false;
    }

    /// <summary>Takes the amount whatever the limit says: what exists already, or what the holder pays for by letting go of the like.</summary>
    public void Take(long amount) => Interlocked.Add(ref _used, amount);

    /// <summary>Gives back what was taken.</summary>
    public void Return(long amount) => Interlocked.Add(ref _used, -amount);
}
