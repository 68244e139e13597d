namespace WsCluster.Gateway.Connections;

/// <summary>What a publication asks of the shards about joining.</summary>
/// <param name="Interval">Time that it may wait for others of its channel; zero: it goes at once.</param>
/// <param name="Gap">Time between two of them lately: waiting for less brings nothing.</param>
internal readonly record struct JoinRequest(TimeSpan Interval, TimeSpan Gap)
{
    /// <summary>
    /// Time to wait for each time that sending takes: who is busy sending for a sixth of the time is what <see cref="RoundPace"/>
    /// calls busy, and so far waiting may bring that down.
    /// </summary>
    private const int WaitsPerSend = 6;

    /// <summary>The most by which a large audience stretches the interval.</summary>
    private const int MaxStretch = 5;

    /// <summary>In so many gaps the next one comes, if it is coming: a burst that is over is not waited for.</summary>
    private const int WaitsPerGap = 2;

    /// <summary>
    /// How long to wait for more, if the shard is busy; null when nothing would come. An audience that takes long to send to is
    /// worth a longer wait than the interval, within limits, but none that nothing is expected in.
    /// </summary>
    /// <param name="sending">Time that one message to the whole audience takes.</param>
    public TimeSpan? WaitFor(TimeSpan sending)
    {
        if (Interval == TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var longest = Most(Interval, Least(sending * WaitsPerSend, Interval * MaxStretch));
        return Gap < longest ? Least(longest, Most(Interval, Gap * WaitsPerGap)) : null;
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Most(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
