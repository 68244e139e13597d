namespace WsCluster.Gateway.Connections;

/// <summary>What a publication asks of the shards about joining.</summary>
/// <param name="Interval">Time that it may wait for others of its channel; zero: it goes at once.</param>
/// <param name="Gap">Time between two of them lately: waiting for less brings nothing.</param>
internal readonly record struct JoinRequest(TimeSpan Interval, TimeSpan Gap)
{
    /// <summary>
    /// Time to wait for each time that sending takes: who is busy sending for a sixth of the time is what <see cref="WriterThread"/>
    /// calls busy, and so far waiting may bring that down.
    /// </summary>
    private const int WaitsPerSend = 6;

    /// <summary>The most by which a large audience stretches the interval.</summary>
    private const int MaxStretch = 5;

    /// <summary>
    /// How long to wait for more, if the shard is busy; null when nothing would come. An audience that takes long to send to is
    /// worth a longer wait, within limits.
    /// </summary>
    /// <param name="sending">Time that one message to the whole audience takes.</param>
    public TimeSpan? WaitFor(TimeSpan sending)
    {
        var wait = sending * WaitsPerSend;
        wait = wait > Interval * MaxStretch ? Interval * MaxStretch : wait > Interval ? wait : Interval;
        return Interval == TimeSpan.Zero ? TimeSpan.Zero : Gap < wait ? wait : null;
    }
}
