namespace WsCluster.Grains.Users;

/// <summary>Remembers when users were last seen, beyond the life of their grains. A store that is away forgets: nothing fails.</summary>
internal interface ILastSeenStore
{
    /// <summary>The user was there at this time.</summary>
    Task WriteAsync(string user, DateTimeOffset at);

    /// <summary>When the user was last there; null when that is not known.</summary>
    Task<DateTimeOffset?> ReadAsync(string user);
}
