using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Routing;

/// <summary>How a silo delivers to gateways, bound from <c>WsCluster:Delivery</c>.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Delivery";

    /// <summary>
    /// How long a gateway may leave a batch unacknowledged before its subscriptions, members and sessions on this silo
    /// end. Default: 10 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan GatewayLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes queued for one lane of one gateway before they are dropped and the gateway is told to resynchronise.
    /// Default: 8 MiB.
    /// </summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int MaxOutboxBytes { get; set; } = 8 * 1024 * 1024;
}
