using WsCluster.Routing;

namespace WsCluster;

/// <summary>
/// A way to grains besides Orleans' own, for calls that got no answer there and may run twice. Gateways have one, since silos
/// deliver to them; other clients of the cluster have none.
/// </summary>
internal interface IDetour
{
    /// <summary>The entrance of a silo that is well, another one at every call; null when none is known.</summary>
    ISiloEntrance? Next();
}
