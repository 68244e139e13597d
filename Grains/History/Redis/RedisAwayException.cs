namespace WsCluster.Grains.History.Redis;

/// <summary>Redis does not answer now.</summary>
/// <param name="mayHaveRun">True when the call was sent, so that its outcome is unknown.</param>
/// <param name="cause">What went wrong.</param>
internal sealed class RedisAwayException(bool mayHaveRun, Exception? cause = null) : Exception(Describe(mayHaveRun), cause)
{
    public bool MayHaveRun { get; } = mayHaveRun;

    private static string Describe(bool mayHaveRun) => mayHaveRun
        ? "The channel's store did not answer in time; the outcome is unknown."
        : "The channel's store is away; nothing was done.";
}
