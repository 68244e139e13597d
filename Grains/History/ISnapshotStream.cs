namespace WsCluster.Grains.History;

/// <summary>What was made of a stream's publications, up to an offset.</summary>
/// <param name="Offset">The last publication that it includes.</param>
/// <param name="State">Its bytes.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.Grains.StreamSnapshot")]
internal sealed record StreamSnapshot([property: Id(0)] ulong Offset, [property: Id(1)] byte[] State);

/// <summary>A stream that keeps a snapshot beside its publications, as durable as they are and for as long as its epoch.</summary>
internal interface ISnapshotStream
{
    /// <summary>The last snapshot of this epoch, or null.</summary>
    ValueTask<StreamSnapshot?> ReadSnapshotAsync();

    /// <summary>Replaces the snapshot. Fails like an append when the stream has another owner; an older snapshot never replaces a newer one.</summary>
    ValueTask WriteSnapshotAsync(StreamSnapshot snapshot);
}
