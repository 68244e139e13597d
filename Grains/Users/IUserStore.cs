namespace WsCluster.Grains.Users;

/// <summary>Keeps users' records. A record that changes is kept for <see cref="UserOptions.KeepState"/> from then on.</summary>
internal interface IUserStore
{
    /// <summary>The user's record, an empty one at first, and its version.</summary>
    /// <exception cref="WsClusterException">The store is away: temporary.</exception>
    Task<(UserRecord Record, long Version)> ReadAsync(string user);

    /// <summary>
    /// Replaces the record of that version; the next has one more. False when it has another version by now: another activation
    /// changed it.
    /// </summary>
    /// <exception cref="WsClusterException">The store is away: temporary. Whether the record was written is unknown.</exception>
    Task<bool> TryWriteAsync(string user, UserRecord record, long version);
}
