using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.AtomicSets;

/// <summary>Limits of atomic publishes, bound from <c>WsCluster:AtomicPublish</c>. Silos must have the same.</summary>
public sealed class AtomicPublishOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:AtomicPublish";

    /// <summary>Publications, and so channels, of one set; more get error 107. Default: 100.</summary>
    [Range(1, 1000)]
    public int MaxPublications { get; set; } = 100;

    /// <summary>Bytes of data and tags of one set; more get error 107. Default: 1 MiB.</summary>
    [Range(1024, 4 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 1024 * 1024;

    /// <summary>Sets of the whole cluster that are decided and not yet in all of their channels; the next one gets error 111. Default: 1000.</summary>
    [Range(1, 100_000)]
    public int MaxPending { get; set; } = 1000;

    /// <summary>Bytes of these sets in Redis; a set that exceeds it while others are pending gets error 111. Default: 64 MiB.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxPendingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Completed sets whose keys are remembered; past it the oldest are forgotten before their 5 minutes. Also the sets that may follow
    /// one that is incomplete, since channels keep notes of them; the next one gets error 111. Default: 100000.
    /// </summary>
    [Range(100, 10_000_000)]
    public int MaxRemembered { get; set; } = 100_000;

    /// <summary>How long a call goes on trying to reach all channels before it says that the outcome is unknown. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a silo looks for sets that nobody has finished; it looks every second for a while after its start, after the loss of
    /// another silo and after a call of its own has given up. Default: 10 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(10);
}
