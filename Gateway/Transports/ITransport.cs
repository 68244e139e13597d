namespace WsCluster.Gateway.Transports;

/// <summary>
/// Carries frames to one client. The connection's writer calls it, one call at a time; <see cref="Abort"/> may come from
/// any thread at any time.
/// </summary>
internal interface ITransport
{
    /// <summary>The transport's name in logs and metrics.</summary>
    string Name { get; }

    /// <summary>
    /// True when it is given complete WebSocket frames, one after the other; false when it is given the messages of one
    /// frame, which it makes itself.
    /// </summary>
    bool SendsWebSocketFrames { get; }

    /// <summary>True when it may be given frames whose message is compressed, because that was agreed with the client.</summary>
    bool SendsDeflatedFrames => false;

    /// <summary>Sends one or more messages; ends when the operating system took them.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame);

    /// <summary>Tells the client the end with code and reason, and waits a bounded time for it to close its side.</summary>
    ValueTask CloseAsync(int code, string reason);

    /// <summary>Drops the client without a word.</summary>
    void Abort();
}
