using WsCluster.Routing;

namespace WsCluster.Grains.Routing;

/// <summary>Keeps the registrations of live gateways in memory; those that are not renewed fall out.</summary>
internal sealed class GatewayDirectoryGrain(TimeProvider time) : Grain, IGatewayDirectoryGrain
{
    private readonly GatewayDirectory _directory = new(time);

    public Task RegisterAsync(GatewayRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        _directory.Register(registration);
        return Task.CompletedTask;
    }

    public Task LeaveAsync(string gatewayId, long incarnation)
    {
        _directory.Leave(gatewayId, incarnation);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<GatewayRegistration>> GetGatewaysAsync() => Task.FromResult(_directory.Live());
}
