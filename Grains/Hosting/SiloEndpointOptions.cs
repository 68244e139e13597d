using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Hosting;

/// <summary>Where a silo listens, bound from <c>WsCluster:Silo</c>.</summary>
public sealed class SiloEndpointOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Silo";

    /// <summary>The port for other silos. Default: 11111.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 11111;

    /// <summary>The port for gateways and application services. Default: 30000.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>
    /// The IP address or host name under which the others reach this silo. Default: empty, which is the loopback address
    /// without a cluster, and else the first address of this host that is not loopback.
    /// </summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>
    /// Serve Orleans' own dashboard (grains, calls, silos) at /dashboard, where the silo's health is; set it on all silos. It has no
    /// login, and measuring every call costs some of the silo's time. Only a silo that is a process of its own has it.
    /// </summary>
    public bool Dashboard { get; set; }
}
