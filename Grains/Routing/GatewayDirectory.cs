using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>Registrations with a lease.</summary>
internal sealed class GatewayDirectory(TimeProvider time)
{
    private readonly Dictionary<string, (GatewayRegistration Registration, DateTimeOffset Until)> _gateways = new(StringComparer.Ordinal);

    /// <summary>Registers or renews; an incarnation that has been replaced is ignored.</summary>
    public void Register(GatewayRegistration registration)
    {
        if (_gateways.TryGetValue(registration.GatewayId, out var known) && known.Registration.Incarnation > registration.Incarnation)
        {
            return;
        }

        _gateways[registration.GatewayId] = (registration, time.GetUtcNow() + IGatewayDirectoryGrain.Lease);
    }

    public void Leave(string gatewayId, long incarnation)
    {
        if (_gateways.TryGetValue(gatewayId, out var known) && known.Registration.Incarnation == incarnation)
        {
            _gateways.Remove(gatewayId);
        }
    }

    public IReadOnlyList<GatewayRegistration> Live()
    {
        var now = time.GetUtcNow();
        foreach (var (id, gateway) in _gateways)
        {
            if (gateway.Until <= now)
            {
                _gateways.Remove(id);
            }
        }

        return [.. _gateways.Values.Select(gateway => gateway.Registration)];
    }
}
