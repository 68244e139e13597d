using System.ComponentModel.DataAnnotations;

namespace WsCluster.Grains.Users;

/// <summary>What a user may do, bound from <c>WsCluster:Users</c>.</summary>
public sealed class UserOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "WsCluster:Users";

    /// <summary>Connections that one user may have at a time in the whole cluster. Default: 0, no limit.</summary>
    [Range(0, 1_000_000)]
    public int MaxConnections { get; set; }

    /// <summary>
    /// How long it is remembered when a user was last seen, in Redis, at the cost of a write when the first connection comes and
    /// the last one goes. Zero: some minutes, while the user's grain is in memory.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepLastSeen { get; set; }

    /// <summary>
    /// How long what is kept of a user in Redis, the state of its behavior and its place in its inbox, outlives the last change of
    /// it. Default: 365 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan KeepState { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// One connection per user: a new one is let in and the others are closed with 3504. MaxConnections does not count then.
    /// </summary>
    public bool SingleConnection { get; set; }
}
