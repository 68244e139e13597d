using WsCluster.Routing;

namespace WsCluster.Grains.Limits;

/// <summary>Keeps one shared rate. After the loss of its silo it begins with a full burst.</summary>
internal sealed class RateGrain(TimeProvider time) : Grain, IRateGrain
{
    private readonly RateBudget _budget = new(time);

    public Task<RateGrant> TakeAsync(int wanted, int perSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(wanted);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        var (amount, retryAfter) = _budget.Take(wanted, perSecond);
        return Task.FromResult(new RateGrant(amount, retryAfter));
    }
}
