namespace WsCluster.Routing;

/// <summary>
/// Gathers the figures of all gateways and silos once a second and publishes them for consoles, as long as somebody looks. One grain
/// (key <see cref="Key"/>): many consoles cost no more than one.
/// </summary>
[Alias("WsCluster.IClusterFigures")]
public interface IClusterFigures : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "figures";

    /// <summary>How often a gateway with a console says so.</summary>
    static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(2);

    /// <summary>How long figures are published without anybody saying so.</summary>
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    /// <summary>Somebody looks.</summary>
    [Alias("Watch")]
    Task WatchAsync();

    /// <summary>The figures now, as JSON: what is published for consoles.</summary>
    [Alias("Read"), ResponseTimeout("00:00:05")]
    Task<byte[]> ReadAsync();
}

/// <summary>A silo's figures. The key is <see cref="KeyOf"/>.</summary>
[Alias("WsCluster.ISiloFigures")]
public interface ISiloFigures : IGrainWithStringKey
{
    /// <summary>What the silo holds and has done.</summary>
    [Alias("Describe"), ResponseTimeout("00:00:02")]
    Task<SiloDescription> DescribeAsync();

    /// <summary>The key for a silo.</summary>
    static string KeyOf(string siloId) => $"{siloId}/figures";
}

/// <summary>What a silo holds and has done. Counts go on from an unknown beginning: their differences mean something.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.SiloDescription")]
public sealed record SiloDescription
{
    /// <summary>The product's version.</summary>
    [Id(0)] public required string Version { get; init; }

    /// <summary>Time since the start.</summary>
    [Id(1)] public required TimeSpan Uptime { get; init; }

    /// <summary>Publications that got their place in a channel.</summary>
    [Id(2)] public long Publications { get; init; }

    /// <summary>Bytes that gateways acknowledged.</summary>
    [Id(3)] public long DeliveredBytes { get; init; }

    /// <summary>Batches sent again for want of an acknowledgement.</summary>
    [Id(4)] public long Retries { get; init; }

    /// <summary>Outboxes dropped whole for being full.</summary>
    [Id(5)] public long Overflows { get; init; }

    /// <summary>Bytes that wait for gateways now.</summary>
    [Id(6)] public long OutboxBytes { get; init; }

    /// <summary>Bytes of publications in memory.</summary>
    [Id(7)] public long HistoryBytes { get; init; }

    /// <summary>Channels that are active.</summary>
    [Id(8)] public long Channels { get; init; }

    /// <summary>Users that are active.</summary>
    [Id(9)] public long Users { get; init; }

    /// <summary>Processor time used.</summary>
    [Id(10)] public TimeSpan CpuTime { get; init; }

    /// <summary>Resident memory in bytes.</summary>
    [Id(11)] public long ResidentBytes { get; init; }
}
