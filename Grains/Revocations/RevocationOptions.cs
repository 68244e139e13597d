using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Revocations;

/// <summary>What is kept of revocations, bound from <c>WsCluster:Revocations</c>.</summary>
public sealed class RevocationOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Revocations";

    /// <summary>
    /// How long a revocation is kept that does not say so itself: at least as long as the tokens live that it is to stop.
    /// Default: 7 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most revocations that are kept at a time; one more is refused with error 106. Each costs every gateway some 200 bytes.</summary>
    [Range(1, 1_000_000)]
    public int MaxCount { get; set; } = 100_000;
}
