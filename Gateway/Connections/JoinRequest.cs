namespace WsCluster.Gateway.Connections;

/// <summary>What a publication asks of the shards about joining.</summary>
/// <param name="Interval">Time that it may wait for others of its channel; zero: it goes at once.</param>
/// <param name="Gap">Time between two of them lately: waiting for less brings nothing.</param>
internal readonly record struct JoinRequest(TimeSpan Interval, TimeSpan Gap)
{
    /// <summary>Sending takes so many times less time than what may be spent on waiting for more.</summary>
    private const int WaitsPerSend = 2;

    /// <summary>The most by which a large audience stretches the interval.</summary>
    private const int MaxStretch = 5;

    /// <summary>
    /// How long to wait for more, if the shard is busy; null when nothing would come. An audience that takes long to send to is
    /// worth a longer wait: it gets twice that time, within limits.
    /// </summary>
    /// <param name="sending">Time that one message to the whole audience takes.</param>
    public TimeSpan? WaitFor(TimeSpan sending)
    {
        var wait = sending * WaitsPerSend;
        wait = wait > Interval * MaxStretch ? Interval * MaxStretch : wait > Interval ? wait : Interval;
        return Interval == TimeSpan.Zero ? TimeSpan.Zero : Gap < wait ? wait : null;
    }
}
