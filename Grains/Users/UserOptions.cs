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
    /// One connection per user: a new one is let in and the others are closed with 3504. MaxConnections does not count then.
    /// </summary>
    public bool SingleConnection { get; set; }
}
