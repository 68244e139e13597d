using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Grains.Relays;

/// <summary>
/// The outboxes of relaying: from the channels of this silo to the relays of all silos, and from this silo's relay to gateways. They
/// are apart from those of the silo itself and have an id of their own, so that a gateway can tell by which of the two ways something
/// comes, and notices the silence of each.
/// </summary>
internal sealed class RelayOutboxes(
    ILocalSiloDetails silo,
    IOptions<DeliveryOptions> options,
    SiloLimits limits,
    TimeProvider time,
    GrainMetrics metrics,
    ILoggerFactory loggers,
    LocalLanes? local = null,
    TaskScheduler? background = null) : GatewayOutboxes(silo, options, limits, time, metrics, loggers, local, background, relays: true)
{
    /// <summary>
    /// How long a relay may leave a batch unacknowledged. Shorter than a gateway's lease: all of its gateways wait, and giving it up
    /// costs no more than their subscribing again.
    /// </summary>
    public static readonly TimeSpan RelayLease = TimeSpan.FromSeconds(3);
}
