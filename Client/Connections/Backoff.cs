namespace WsCluster.Client.Connections;

/// <summary>Waiting times between attempts: random up to a ceiling that doubles each time ("full jitter"), so that many clients do not come at once.</summary>
internal sealed class Backoff(TimeSpan min, TimeSpan max, Random random)
{
    private int _attempt;

    public TimeSpan Next()
    {
        var ceiling = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, Math.Min(_attempt++, 30)));
        return TimeSpan.FromMilliseconds(random.NextDouble() * ceiling);
    }

    public void Reset() => _attempt = 0;
}
