namespace WsCluster.Grains.History.Redis;

/// <summary>The stream is not this activation's any more.</summary>
internal sealed class StreamLostException(string reason) : Exception(reason);
