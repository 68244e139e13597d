using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.History.Redis;

/// <summary>How silos keep durable streams in Redis, bound from <c>WsCluster:RedisHistory</c>.</summary>
public sealed class RedisHistoryOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:RedisHistory";

    /// <summary>Time in which Redis must answer a call before it counts as away. Default: 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:02")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time in which an append whose outcome is unknown is repeated before its publisher is told so. Default: 3 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:04")]
    public TimeSpan AppendDeadline { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Publications of one channel that may wait for Redis; the next one gets error 111. Default: 10000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPendingCount { get; set; } = 10_000;

    /// <summary>Bytes of one channel's publications that may wait for Redis; past it the next one gets error 111. Default: 8 MiB.</summary>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int MaxPendingBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Bytes of its newest publications that an active channel keeps in memory, to answer most readers itself. Default: 64 KiB.</summary>
    [Range(0, 64 * 1024 * 1024)]
    public int TailBytes { get; set; } = 64 * 1024;
}
