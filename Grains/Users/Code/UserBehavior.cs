namespace WsCluster.Behaviors;

/// <summary>
/// The application's code of one user (<c>AddUserBehavior</c>). An instance lives with each user that is there, and is called by one
/// thing at a time: no handler runs while another one does, so no lock is needed. Anonymous connections have none.
/// </summary>
/// <remarks>
/// A handler that throws, or takes longer than <c>WsCluster:Behaviors:Timeout</c>, fails its caller and nobody else; the user goes on
/// with another instance. Keep what must outlive an instance in <see cref="UserBehavior{TState}"/>'s state.
/// </remarks>
public abstract class UserBehavior
{
    private IBehaviorUser? _user;

    /// <summary>The user that this instance belongs to.</summary>
    /// <exception cref="InvalidOperationException">Used in a constructor: the user comes right after it.</exception>
    protected IBehaviorUser User => _user ?? throw new InvalidOperationException("The user is there in handlers, not in the constructor.");

    /// <summary>
    /// A connection of the user wants to be let in, and may as far as its token goes. <see cref="IBehaviorUser.Sessions"/> are those
    /// that are there; no other is let in meanwhile. May be asked more than once about the same connection. The default lets it in.
    /// </summary>
    protected internal virtual ValueTask<ConnectDecision> DecideConnectAsync(ConnectAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ConnectDecision.Allow);

    /// <summary>
    /// A connection was let in. Not called for those that gateways bring back after the loss of the user's silo. The default does
    /// nothing.
    /// </summary>
    protected internal virtual ValueTask ConnectedAsync(UserSession session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A connection is gone, or was lost with its gateway. The default does nothing.</summary>
    protected internal virtual ValueTask DisconnectedAsync(UserSession session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// Messages of the inbox have been unread for <c>WsCluster:Inbox:UnreadAfter</c>, whether the user is there or not. Called once for
    /// each message: it counts as told when this has succeeded, and together with the state. After a failure, or a crash in between, it is
    /// called again with the same <see cref="UnreadMessages.Key"/>. The default does nothing.
    /// </summary>
    protected internal virtual ValueTask OnUnreadAsync(UnreadMessages unread, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Gives the instance its user.</summary>
    internal void Attach(IBehaviorUser user) => _user = user;

    /// <summary>The state as bytes; null when there is none to keep.</summary>
    internal virtual byte[]? WriteState() => null;

    /// <summary>Goes on with a state from <see cref="WriteState"/>; null for that of a new user.</summary>
    internal virtual void ReadState(byte[]? state)
    {
    }
}
