namespace WsCluster.Gateway.Connections;

/// <summary>Where and when a shard's rounds run.</summary>
internal interface IWriterScheduler
{
    /// <summary>
    /// Has the shard's next round run once. Called again before it ran: something came that can wait less.
    /// </summary>
    /// <param name="shard">Runs one round when executed; never throws.</param>
    /// <param name="joinInterval">How long the round may be put off under load, so that more is joined into each send.</param>
    void Schedule(IThreadPoolWorkItem shard, TimeSpan joinInterval);
}
