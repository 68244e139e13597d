namespace WsCluster.Gateway.Connections;

/// <summary>What is done to a connection's queue, in the order in which it was asked for.</summary>
internal enum WriterStep
{
    /// <summary>Send a message.</summary>
    Message,

    /// <summary>Keep messages back until the reply.</summary>
    Hold,

    /// <summary>Send this reply, then what was kept back.</summary>
    Release,

    /// <summary>Send this one and nothing behind it; what was kept back is for nobody.</summary>
    Last,

    /// <summary>Close the transport after what is queued, or instead of it.</summary>
    Close,

    /// <summary>The operating system has taken what it did not take at once.</summary>
    Sent,
}
