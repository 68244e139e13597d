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

    /// <summary>How far the user has read its inbox.</summary>
    /// <exception cref="WsClusterException"><see cref="ErrorCode.NotAvailable"/>: this user has none.</exception>
    [Alias("GetInbox")]
    Task<InboxState> GetInboxAsync();

    /// <summary>
    /// The user has read its inbox up to a message. All of the user's live connections are told at once, when that is news: a cursor
    /// does not go back, and a repeat changes nothing.
    /// </summary>
    /// <param name="upTo">The message's offset; beyond the newest it means all that is there.</param>
    /// <exception cref="WsClusterException"><see cref="ErrorCode.NotAvailable"/>: this user has none.</exception>
    [Alias("MarkInboxRead")]
    Task<InboxState> MarkInboxReadAsync(ulong upTo);
}
