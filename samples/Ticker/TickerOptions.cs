namespace WsCluster.Ticker;

/// <summary>What the ticker publishes, bound from <c>Ticker</c>.</summary>
internal sealed class TickerOptions
{
    public const string SectionName = "Ticker";

    /// <summary>Time between two prices of a symbol. Default: a fifth of a second.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The symbols; "eur" goes to the channel prices:eur.</summary>
    public IDictionary<string, TickerSymbol> Symbols { get; set; } = new Dictionary<string, TickerSymbol>();
}

/// <summary>One of them.</summary>
internal sealed class TickerSymbol
{
    /// <summary>The first price.</summary>
    public double Price { get; set; }

    /// <summary>What people call it.</summary>
    public string Label { get; set; } = "";
}
