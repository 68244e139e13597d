namespace WsCluster;

/// <summary>Where an atomic set was published.</summary>
[GenerateSerializer, Immutable, Alias("WsCluster.AtomicPublishResult")]
public sealed record AtomicPublishResult
{
    /// <summary>
    /// The position of each publication, in the order of the request. <see cref="StreamPosition.None"/> where the stream that it
    /// is in has ended since, or its namespace was taken out of the configuration meanwhile.
    /// </summary>
    [Id(0)] public required StreamPosition[] Positions { get; init; }
}
