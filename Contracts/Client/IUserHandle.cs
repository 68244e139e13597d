namespace WsCluster;

/// <summary>
/// One user's live connections on all gateways, or, with an empty id, all anonymous connections. Get it from
/// <see cref="IWsCluster.User"/>; keeping it costs nothing.
/// </summary>
public interface IUserHandle
{
    /// <summary>The user's id; empty for the anonymous connections.</summary>
    string Id { get; }

    /// <summary>
    /// Does something to the user's live connections. The task ends when the command is on its way to each gateway that
    /// has one; a user without connections is not an error. See <see cref="UserCommands"/> for the short forms.
    /// </summary>
    /// <remarks>
    /// After a failure with an unknown outcome the command is repeated, because having it twice is the same as having it
    /// once; only <see cref="SendToUser"/> is not, so that no message arrives twice.
    /// </remarks>
    /// <exception cref="WsClusterException"><see cref="ErrorCode.Internal"/>: no answer in time, outcome unknown.</exception>
    Task ExecuteAsync(UserCommand command, CancellationToken cancellationToken = default);

    /// <summary>The user's live connections.</summary>
    /// <exception cref="WsClusterException">
    /// <see cref="ErrorCode.NotAvailable"/> for the anonymous connections, of which no list is kept.
    /// </exception>
    Task<IReadOnlyList<UserSession>> GetSessionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the user is there, and when it last was.</summary>
    /// <exception cref="WsClusterException"><see cref="ErrorCode.NotAvailable"/> for the anonymous connections.</exception>
    Task<UserStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>How far the user has read its inbox. Publish to the inbox as to any channel: <see cref="InboxChannel.Of"/>.</summary>
    /// <exception cref="WsClusterException"><see cref="ErrorCode.NotAvailable"/>: this user has none.</exception>
    Task<InboxState> GetInboxAsync(CancellationToken cancellationToken = default);

    /// <summary>The user has read its inbox up to the message with this offset; see <see cref="IUserGrain.MarkInboxReadAsync"/>.</summary>
    /// <exception cref="WsClusterException"><see cref="ErrorCode.NotAvailable"/>: this user has none.</exception>
    Task<InboxState> MarkInboxReadAsync(ulong upTo, CancellationToken cancellationToken = default);
}
