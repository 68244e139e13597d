using WsCluster.Gateway.Connections;

namespace WsCluster.Gateway.Subscriptions;

/// <summary>
/// How close together a channel's publications come: what tells whether it pays to join them. Not safe by itself: the channel's
/// lock guards it.
/// </summary>
/// <param name="joinInterval">The channel's option.</param>
/// <param name="time">Tells when they come.</param>
internal sealed class PublicationPace(TimeSpan joinInterval, TimeProvider time)
{
    private const int Smoothing = 8;

    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(50); // after a pause, a few publications are a stream again

    private long _last;
    private TimeSpan _gap = LongestGap; // smoothed

    /// <summary>A publication came.</summary>
    public JoinRequest Next()
    {
        var now = time.GetTimestamp();
        var gap = time.GetElapsedTime(_last, now);
        _gap += ((gap < LongestGap ? gap : LongestGap) - _gap) / Smoothing;
        _last = now;
        return new JoinRequest(joinInterval, _gap);
    }
}
