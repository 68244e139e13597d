namespace WsCluster;

/// <summary>A user: knows all of the user's live connections in the cluster. The key is the user's id, never empty.</summary>
[Alias("WsCluster.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>
    /// Does something to the user's live connections on every gateway. The task ends when the command is queued for each
    /// gateway that has one; commands of one caller keep their order.
    /// </summary>
    [Alias("Execute")]
    Task ExecuteAsync(UserCommand command);

    /// <summary>The user's live connections.</summary>
    [Alias("GetSessions")]
    Task<IReadOnlyList<UserSession>> GetSessionsAsync();

    /// <summary>Whether the user is there, and when it last was.</summary>
    [Alias("GetStatus")]
    Task<UserStatus> GetStatusAsync();
}
