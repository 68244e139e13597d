using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>Places a grain on the silo that its key names. A silo that is gone fails the call: nothing runs elsewhere in its place.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KeyedSiloPlacementAttribute() : PlacementAttribute(new KeyedSiloPlacement());

/// <inheritdoc cref="KeyedSiloPlacementAttribute"/>
[GenerateSerializer, Immutable, Alias("WsCluster.KeyedSiloPlacement")]
internal sealed class KeyedSiloPlacement : PlacementStrategy;

/// <summary>Finds the silo.</summary>
internal sealed class KeyedSiloPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var siloId = IPublishIngress.SiloOf(target.GrainIdentity.Key.ToString()!);
        foreach (var silo in context.GetCompatibleSilos(target))
        {
            if (silo.ToParsableString() == siloId)
            {
                return Task.FromResult(silo);
            }
        }

        // No silo exception: callers take those for calls that may have run.
        throw new WsClusterException(ErrorCode.Internal, $"Silo {siloId} is not in the cluster.");
    }
}
