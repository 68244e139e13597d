namespace WsCluster;

/// <summary>A place in a channel's stream: what a subscriber resumes from.</summary>
/// <param name="Offset">Offset of the last publication seen. Zero before the first, and in channels without history.</param>
/// <param name="Epoch">Identity of the stream's life. Empty in channels without history.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.StreamPosition")]
public readonly record struct StreamPosition([property: Id(0)] ulong Offset, [property: Id(1)] string Epoch)
{
    /// <summary>The position of a channel that keeps no history.</summary>
    public static StreamPosition None { get; } = new(0, "");

    /// <summary>True when the channel keeps no history, so that there is nothing to resume from.</summary>
    public bool IsNone => string.IsNullOrEmpty(Epoch);
}
