namespace WsCluster.Ticker;

/// <summary>What the ticker publishes, bound from <c>Ticker</c>.</summary>
internal sealed class TickerOptions
{
    public const string SectionName = "Ticker";

    /// <summary>Time between two prices of a symbol. Default: half a second.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The first price of each symbol; "eur" goes to the channel prices:eur.</summary>
    public IDictionary<string, double> Symbols { get; set; } = new Dictionary<string, double>();
}
