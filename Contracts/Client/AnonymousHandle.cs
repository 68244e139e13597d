namespace WsCluster;

/// <summary>
/// The anonymous connections. They have no grain, so each gateway is asked; one that does not answer is left out, as
/// its connections are gone or about to be.
/// </summary>
internal sealed class AnonymousHandle(OrleansWsCluster cluster) : IUserHandle
{
    public string Id => "";

    public Task ExecuteAsync(UserCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return cluster.AskGatewaysAsync(
            async gateway =>
            {
                await gateway.ExecuteAnonymousAsync(command);
                return true;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<UserSession>> GetSessionsAsync(CancellationToken cancellationToken = default) =>
        Task.FromException<IReadOnlyList<UserSession>>(
            new WsClusterException(ErrorCode.NotAvailable, "No list is kept of anonymous connections."));

    public Task<UserStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        Task.FromException<UserStatus>(new WsClusterException(ErrorCode.NotAvailable, "Anonymous connections are no user."));

    public Task<InboxState> GetInboxAsync(CancellationToken cancellationToken = default) => NoInbox();

    public Task<InboxState> MarkInboxReadAsync(ulong upTo, CancellationToken cancellationToken = default) => NoInbox();

    private static Task<InboxState> NoInbox() =>
        Task.FromException<InboxState>(new WsClusterException(ErrorCode.NotAvailable, "Anonymous connections have no inbox."));
}
