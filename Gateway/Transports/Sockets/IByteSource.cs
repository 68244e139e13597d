namespace WsCluster.Gateway.Transports.Sockets;

/// <summary>Brings a client's bytes.</summary>
internal interface IByteSource
{
    /// <summary>
    /// Waits for bytes and puts them into the reader's room; without a buffer where nothing has begun. False at their end. One call at
    /// a time.
    /// </summary>
    /// <exception cref="Exception">One of those that <see cref="TransportEnd.Is"/> names: the client is gone.</exception>
    ValueTask<bool> TryReceiveAsync(FrameReader frames);
}
