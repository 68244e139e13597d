namespace WsCluster.Grains.History;

/// <summary>
/// A stream in memory on its way from one activation to the next. Times are those left, as the silos' clocks may differ.
/// </summary>
[GenerateSerializer, Immutable, Alias("WsCluster.Grains.StreamState")]
internal sealed record StreamState
{
    /// <summary>The newest offset and the epoch; <see cref="StreamPosition.None"/> without history.</summary>
    [Id(0)] public required StreamPosition Top { get; init; }

    /// <summary>The newest publications, oldest first: a gapless range that ends at the top.</summary>
    [Id(1)] public required IReadOnlyList<Publication> Publications { get; init; }

    /// <summary>How long the publications are still to be kept.</summary>
    [Id(2)] public required TimeSpan TimeLeft { get; init; }

    /// <summary>Idempotency keys, oldest first.</summary>
    [Id(3)] public required IReadOnlyList<RememberedKey> Keys { get; init; }

    /// <summary>The last version published.</summary>
    [Id(4)] public ulong Version { get; init; }

    /// <summary>The last version's epoch.</summary>
    [Id(5)] public string VersionEpoch { get; init; } = "";
}

/// <summary>What a publish with an idempotency key returned.</summary>
/// <param name="Key">The key.</param>
/// <param name="Result">What its first publish returned.</param>
/// <param name="TimeLeft">How long it is still to be remembered.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.Grains.RememberedKey")]
internal sealed record RememberedKey([property: Id(0)] string Key, [property: Id(1)] StreamPosition Result, [property: Id(2)] TimeSpan TimeLeft);
