using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Limits;

/// <summary>What one silo may hold in memory, bound from <c>WsCluster:Limits</c>. Single channels and gateways have limits of their own.</summary>
public sealed class SiloLimitOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Limits";

    /// <summary>
    /// Bytes that wait for all gateways together. Past it an outbox that holds more than its share is dropped whole, and its
    /// gateway resynchronises from history. Default: 128 MiB.
    /// </summary>
    [Range(1024L * 1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxOutboxBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>
    /// Bytes of publications that all channels keep in memory. Past it a channel drops as much of its oldest as it adds; a
    /// durable one has them in Redis. Default: 1 GiB.
    /// </summary>
    [Range(1024L * 1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxHistoryBytes { get; set; } = 1024 * 1024 * 1024;

    /// <summary>Bytes of publications that one channel keeps in memory; past it the oldest go, whatever HistorySize says. Default: 64 MiB.</summary>
    [Range(64L * 1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxChannelHistoryBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes of all publications that wait for Redis; past it the next one gets error 111. Default: 128 MiB.</summary>
    [Range(64L * 1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxPendingBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>
    /// Idempotency keys that all channels in memory remember. Past it a channel that remembers another one forgets its oldest.
    /// Default: 2000000.
    /// </summary>
    [Range(1000L, 1_000_000_000L)]
    public long MaxIdempotencyKeys { get; set; } = 2_000_000;

    /// <summary>Members that all channels know in presence; past it a joining connection is not in its channel's presence. Default: 2000000.</summary>
    [Range(1000L, 1_000_000_000L)]
    public long MaxMembers { get; set; } = 2_000_000;

    /// <summary>Sessions that all users have here; past it the next connection is refused. Default: 2000000.</summary>
    [Range(1000L, 1_000_000_000L)]
    public long MaxSessions { get; set; } = 2_000_000;
}
