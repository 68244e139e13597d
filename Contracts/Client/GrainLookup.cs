namespace WsCluster;

/// <summary>
/// Finds grains at the time of a call. Orleans knows the cluster's grains only once it has joined; before, a look-up
/// fails at once, which is the same as a cluster that is away: temporary.
/// </summary>
internal static class GrainLookup
{
    public static T Find<T>(this IGrainFactory grains, string key) where T : IGrainWithStringKey
    {
        try
        {
            return grains.GetGrain<T>(key);
        }
        catch (ArgumentException exception)
        {
            throw new WsClusterException(ErrorCode.Internal, "This process has not joined the cluster yet.", exception);
        }
    }
}
