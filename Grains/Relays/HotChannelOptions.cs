using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Relays;

/// <summary>When a channel sends through the relays of the silos, bound from <c>WsCluster:HotChannels</c>.</summary>
public sealed class HotChannelOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:HotChannels";

    /// <summary>
    /// Gateways from which on a channel that is published to sends once for each silo, whose relay passes it on, instead of once
    /// for each gateway. Default: 32.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int Gateways { get; set; } = 32;

    /// <summary>
    /// Sends a second, publications times gateways, from which on a channel does so with fewer gateways, unless they are too few for
    /// it to save anything (four for each silo). Default: 5000.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int SendsPerSecond { get; set; } = 5000;

    /// <summary>
    /// How long a channel must have had less than half of that before it sends to its gateways itself again. Default: 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan QuietAfter { get; set; } = TimeSpan.FromSeconds(30);
}
