namespace WsCluster.Grains.Routing;

/// <summary>Who takes an outbox's batches has nothing any more of those before: it was silent for so long that it was forgotten there.</summary>
internal sealed class UnknownOutboxException() : Exception("The outbox is not known any more.");
