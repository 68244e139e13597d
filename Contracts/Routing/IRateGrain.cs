namespace WsCluster.Routing;

/// <summary>
/// A rate that all gateways share, so that nobody gets more by spreading over them. The key says of what, such as
/// <c>api/1f…</c>. Each gateway takes some for a while ahead.
/// </summary>
[Alias("WsCluster.IRateGrain")]
public interface IRateGrain : IGrainWithStringKey
{
    /// <summary>Takes up to so much of what there is. In any second all get together no more than the rate, beyond a burst of one second's worth.</summary>
    /// <param name="wanted">How much at most.</param>
    /// <param name="perSecond">The rate.</param>
    [Alias("Take")]
    Task<RateGrant> TakeAsync(int wanted, int perSecond);
}

/// <summary>What a gateway got of a rate.</summary>
/// <param name="Amount">How much; zero for nothing.</param>
/// <param name="RetryAfter">When there will be more; zero: there may be now.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.RateGrant")]
public readonly record struct RateGrant([property: Id(0)] int Amount, [property: Id(1)] TimeSpan RetryAfter);
