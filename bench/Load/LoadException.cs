namespace WsCluster.Load;

/// <summary>The run cannot be made; the message says why, to the person who started it.</summary>
internal sealed class LoadException(string message) : Exception(message);
