namespace WsCluster.Tests.Chaos.Check;

/// <summary>How an attempt to publish ended.</summary>
internal enum PublishOutcome
{
    /// <summary>No answer, or one that leaves it open.</summary>
    Unknown,

    /// <summary>Acknowledged.</summary>
    Acknowledged,

    /// <summary>Refused for certain.</summary>
    Refused,
}

/// <summary>
/// One publication as its publisher saw it, with all its repeats. Times are Stopwatch ticks. <paramref name="Line"/> names the
/// connection whose commands the server works off one after the other; zero: none, such as separate HTTP requests.
/// </summary>
internal sealed record PublishRecord(
    string Channel,
    PayloadId Payload,
    long StartedAt,
    long EndedAt,
    PublishOutcome Outcome,
    string? Epoch = null,
    ulong Offset = 0,
    int Line = 0);
