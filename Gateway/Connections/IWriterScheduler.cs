namespace WsCluster.Gateway.Connections;

/// <summary>Where the queues of connections are drained.</summary>
internal interface IWriterScheduler
{
    /// <summary>Has a connection's queue drained in the next round.</summary>
    void Schedule(IThreadPoolWorkItem writer);
}
