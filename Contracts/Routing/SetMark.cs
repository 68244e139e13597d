namespace WsCluster.Routing;

/// <summary>
/// Says that a publication is part of an atomic set. The channel notes the set with the publication, in one step, and keeps the
/// note as long as the set may come again: so it has the publication once, however often and however late it is asked.
/// </summary>
/// <param name="Number">The set. Numbers only grow.</param>
/// <param name="Oldest">The oldest set that was not complete when this was asked: none below it needs a note any more.</param>
[GenerateSerializer, Immutable, Alias("WsCluster.SetMark")]
internal sealed record SetMark([property: Id(0)] long Number, [property: Id(1)] long Oldest);
