namespace WsCluster.Grains.History;

/// <summary>What an append did.</summary>
/// <param name="Published">The publication with its offset, to be delivered; null when it repeats an earlier one.</param>
/// <param name="Position">What the publisher learns.</param>
public readonly record struct AppendResult(Publication? Published, StreamPosition Position);
