namespace WsCluster.Grains.Relays;

/// <summary>
/// Decides whether a channel is hot, look by look. It becomes so at once and stays so until it has been quiet for a while, at half of
/// what made it hot: a channel around the threshold would otherwise move its gateways back and forth.
/// </summary>
internal sealed class ChannelHeat(HotChannelOptions options)
{
    /// <summary>With fewer gateways for each silo than this a relay saves too few sends for the way that it adds.</summary>
    public const int GatewaysWorthARelay = 4;

    private TimeSpan _quiet;

    public bool IsHot { get; private set; }

    /// <summary>Looks at what happened since the last look.</summary>
    /// <param name="gateways">Gateways that are delivered to.</param>
    /// <param name="silos">Silos that could relay.</param>
    /// <param name="entries">Publications, joins and leaves since the last look.</param>
    /// <param name="elapsed">The time since then.</param>
    public void Look(int gateways, int silos, long entries, TimeSpan elapsed)
    {
        var sends = elapsed > TimeSpan.Zero ? entries * gateways / elapsed.TotalSeconds : 0;
        if (IsWarm(gateways, silos, entries, sends, part: 1))
        {
            IsHot = true;
        }

        _quiet = IsWarm(gateways, silos, entries, sends, part: 2) ? TimeSpan.Zero : _quiet + elapsed;
        if (_quiet >= options.QuietAfter)
        {
            IsHot = false;
        }
    }

    /// <summary>True when the channel reaches the threshold divided by <paramref name="part"/>.</summary>
    private bool IsWarm(int gateways, int silos, long entries, double sends, int part) =>
        entries > 0 && ((long)gateways * part >= options.Gateways
            || (sends * part >= options.SendsPerSecond && (long)gateways * part >= (long)GatewaysWorthARelay * silos));
}
