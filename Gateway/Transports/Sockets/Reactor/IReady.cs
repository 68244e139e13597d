namespace WsCluster.Gateway.Transports.Sockets.Reactor;

/// <summary>Hears what becomes of a file. Called by the reactor thread that watches it, and must not block.</summary>
internal interface IReady
{
    /// <summary>Something is so since the last call.</summary>
    void OnReady(Readiness readiness);

    /// <summary>The thread stops, with the process: what is still open is closed.</summary>
    void OnStop();
}
