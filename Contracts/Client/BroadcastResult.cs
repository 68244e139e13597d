namespace WsCluster;

/// <summary>What became of a broadcast in one channel.</summary>
public sealed record BroadcastResult
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The publication's place in the stream; <see cref="StreamPosition.None"/> without history or after an error.</summary>
    public required StreamPosition Position { get; init; }

    /// <summary>Why the channel did not take the message; null when it did.</summary>
    public WsClusterException? Error { get; init; }
}
