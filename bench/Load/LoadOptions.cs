namespace WsCluster.Load;

/// <summary>What to do, from the command line.</summary>
internal sealed record LoadOptions
{
    /// <summary>Where subscribers connect, in turn.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>Where publishers connect.</summary>
    public required Uri PublishUrl { get; init; }

    /// <summary>Subscribers; each has one connection and one subscription.</summary>
    public int Connections { get; init; } = 100;

    public int Channels { get; init; } = 1;

    public int Publishers { get; init; } = 1;

    /// <summary>Publications per second of all publishers, sent by the clock. Zero: closed loop.</summary>
    public double Rate { get; init; }

    /// <summary>Closed loop: publications that all publishers together have in flight. Zero: by the clock.</summary>
    public int Window { get; init; }

    /// <summary>Length of the published JSON value.</summary>
    public int PayloadBytes { get; init; } = 128;

    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The run adds letters of its own and a number.</summary>
    public string ChannelPrefix { get; init; } = "plain:";

    /// <summary>Processes whose CPU time and memory are read.</summary>
    public IReadOnlyList<int> ServerPids { get; init; } = [];
}
