using Orleans.Runtime;

namespace WsCluster.Gateway.Routing;

/// <summary>
/// Which silos Orleans' client sends to over a connection of its own. What is addressed to another one, because it stops or its connection
/// broke, goes through a third silo; that one takes the address, a port for clients, for a silo's, and its connection there stands for the one
/// between the two silos: each call that goes astray so cuts them off from each other for a moment, in the middle of a silo's stop.
/// </summary>
internal sealed class SiloConnections
{
    private readonly Func<SiloAddress, bool> _isAvailable = _ => true; // there is no such client in a silo's own process

    /// <param name="services">Where Orleans' client is.</param>
    /// <exception cref="TypeLoadException">This version of Orleans keeps the list elsewhere.</exception>
    public SiloConnections(IServiceProvider services)
    {
        // Its own list and no copy of it: a call must see what the client sees when it sends.
        var type = Type.GetType("Orleans.Messaging.GatewayManager, Orleans.Core", throwOnError: true)!;
        if (services.GetService(type) is { } manager)
        {
            _isAvailable = type.GetMethod("IsGatewayAvailable", [typeof(SiloAddress)])!.CreateDelegate<Func<SiloAddress, bool>>(manager);
        }
    }

    /// <summary>True when a call to this entrance goes straight to its silo.</summary>
    public bool LeadsTo(GrainId entrance) =>
        !SystemTargetGrainId.TryParse(entrance, out var target) || _isAvailable(target.GetSiloAddress());
}
