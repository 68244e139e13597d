using Microsoft.Extensions.Options;

namespace WsCluster.Grains.Limits;

/// <summary>What a silo may hold in memory: one allowance for each thing that grows with its load.</summary>
internal sealed class SiloLimits(IOptions<SiloLimitOptions> options)
{
    /// <summary>Bytes of all ledgers; past it a channel remembers no more than it does.</summary>
    public const long MaxLedgerBytes = 32 * 1024 * 1024;

    /// <summary>Bytes in the outboxes of all gateways.</summary>
    public Allowance Outboxes { get; } = new(options.Value.MaxOutboxBytes);

    /// <summary>Bytes of publications kept in memory.</summary>
    public Allowance History { get; } = new(options.Value.MaxHistoryBytes);

    /// <summary>Bytes of publications that one channel keeps in memory.</summary>
    public long ChannelHistoryBytes => options.Value.MaxChannelHistoryBytes;

    /// <summary>Bytes of publications that wait for Redis.</summary>
    public Allowance Appends { get; } = new(options.Value.MaxPendingBytes);

    /// <summary>Bytes that channels remember their newest publications by.</summary>
    public Allowance Ledgers { get; } = new(MaxLedgerBytes);

    /// <summary>Idempotency keys in memory.</summary>
    public Allowance Keys { get; } = new(options.Value.MaxIdempotencyKeys);

    /// <summary>Members of presence.</summary>
    public Allowance Members { get; } = new(options.Value.MaxMembers);

    /// <summary>Sessions of users.</summary>
    public Allowance Sessions { get; } = new(options.Value.MaxSessions);
}
