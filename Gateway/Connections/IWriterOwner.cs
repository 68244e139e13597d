namespace WsCluster.Gateway.Connections;

/// <summary>Hears how a queue to a client fails. Called from any thread, also under a channel's lock; each at most once.</summary>
internal interface IWriterOwner
{
    /// <summary>More waits than may: the client reads too slowly.</summary>
    void QueueOverflowed();

    /// <summary>The transport can no longer be written to.</summary>
    void WriteFailed();
}
