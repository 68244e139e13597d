namespace WsCluster.Gateway.CommandLine;

/// <summary>What a load run did.</summary>
internal sealed record BenchResult
{
    /// <summary>Until all were connected and subscribed.</summary>
    public required TimeSpan Connecting { get; init; }

    /// <summary>From the first publication to the last answer.</summary>
    public required TimeSpan Publishing { get; init; }

    /// <summary>Publications that were due.</summary>
    public required long Due { get; init; }

    /// <summary>Publications that were acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Publications that were refused, or not answered.</summary>
    public required long Refused { get; init; }

    /// <summary>Why the first of them was.</summary>
    public required string? FirstRefusal { get; init; }

    /// <summary>Deliveries to all subscribers.</summary>
    public required long Received { get; init; }

    /// <summary>Times that a subscriber was told that it had lost something.</summary>
    public required long Gaps { get; init; }

    /// <summary>Cores that this process used while publishing.</summary>
    public required double Cores { get; init; }
}
