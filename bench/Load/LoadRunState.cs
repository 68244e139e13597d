namespace WsCluster.Load;

/// <summary>What the connections of a run share.</summary>
internal sealed class LoadRunState
{
    public Troubles Troubles { get; } = new();

    /// <summary>From when a publication was due until a subscriber read it.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>From when a publication was due until this program sent it.</summary>
    public Histogram Lateness { get; } = new();

    /// <summary>By number. Set before anything is published, as is the window.</summary>
    public IReadOnlyList<Publisher> Publishers { get; set; } = [];

    public MeasuredWindow? Window { get; set; }
}
