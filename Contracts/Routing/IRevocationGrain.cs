using Orleans.Concurrency;

namespace WsCluster.Routing;

/// <summary>
/// All revocations of the cluster: one grain (key <see cref="Key"/>). Gateways read what is new every second, so that they
/// decide about tokens without a call; no message passes through here.
/// </summary>
[Alias("WsCluster.IRevocationGrain")]
public interface IRevocationGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "revocations";

    /// <summary>How often a gateway reads.</summary>
    static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a read may take before the gateway tries again.</summary>
    static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The time within which live connections and subscriptions on every gateway follow a revocation or a change of the
    /// configuration, as long as the cluster is reachable.
    /// </summary>
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>Records a revocation; the task ends when it will survive the loss of any silo.</summary>
    /// <exception cref="WsClusterException">
    /// 106 when there are as many as may be kept; 107 when its texts are too long; 100 (temporary) while the store is away.
    /// </exception>
    [Alias("Revoke")]
    Task RevokeAsync(Revocation revocation);

    /// <summary>What was recorded after a number, oldest first; everything when the log is not the one that the number is of.</summary>
    [Alias("Read"), ReadOnly]
    Task<RevocationPage> ReadAsync(Guid log, long after);
}

/// <summary>Some revocations in the order of their numbers.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.RevocationPage")]
public sealed record RevocationPage
{
    /// <summary>The most revocations of one page.</summary>
    public const int MaxCount = 5000;

    /// <summary>The log that the numbers are of. When it is another than the reader's, this page begins anew.</summary>
    [Id(0)] public required Guid Log { get; init; }

    /// <summary>The number of the last one here: what to read after next.</summary>
    [Id(1)] public required long Last { get; init; }

    /// <summary>True when there are more.</summary>
    [Id(2)] public required bool HasMore { get; init; }

    /// <summary>The revocations; times and all are set.</summary>
    [Id(3)] public required IReadOnlyList<Revocation> Revocations { get; init; }
}
