using WsCluster.Gateway.Authorization;
using WsCluster.Gateway.Canaries;
using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Routing;
using WsCluster.Grains.Hosting.Health;

namespace WsCluster.Gateway.Hosting;

/// <summary>Whether clients should be sent here, and if not, why.</summary>
/// <remarks>Redis is not asked: a gateway that has joined goes on without it, and so do its clients.</remarks>
internal sealed class GatewayReadiness(
    ClusterMembership cluster, GatewayRegistrar registrar, RevocationReader revocations, CanaryWatch canaries, ConnectionHost connections)
{
    /// <summary>All that must be so.</summary>
    public HealthCheck[] Checks() =>
    [
        new("draining", connections.IsDraining ? "the gateway closes its connections" : null),
        new("cluster", !cluster.HasJoined ? "the cluster is not there yet" : !registrar.IsRegistered ? "the cluster is out of reach" : null),
        new("revocations", revocations.IsInformed ? null : "revocations have not been read"),
        new("deliveries", canaries.IsSilent ? "what is published does not arrive" : null),
    ];

    /// <summary>True when it is.</summary>
    public bool IsReady => Array.TrueForAll(Checks(), check => check.Problem is null);
}
