using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Behaviors;

/// <summary>Limits for the application's channel behaviors, bound from <c>WsCluster:Behaviors</c>.</summary>
public sealed class BehaviorOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Behaviors";

    /// <summary>How long a handler may take; after it its caller gets a temporary error, and the channel a new instance. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Publications that one run of a handler may make; one more throws in the handler. Default: 100.</summary>
    [Range(1, 10_000)]
    public int MaxPublications { get; set; } = 100;

    /// <summary>Publishes, subscribes and calls that may wait for a channel's behavior; one more gets error 111. Default: 10000.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 10_000;

    /// <summary>
    /// A state in Redis is saved after this many publications, or half of the namespace's HistorySize if that is less. Default: 100.
    /// </summary>
    [Range(1, 100_000)]
    public int SnapshotEvery { get; set; } = 100;

    /// <summary>Bytes that a state may have to be saved. A larger one is logged, and the channel refuses publications before its history no longer suffices to replay it. Default: 1 MiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxStateBytes { get; set; } = 1024 * 1024;
}
