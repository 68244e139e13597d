namespace WsCluster;

/// <summary>A user over its grain.</summary>
internal sealed class UserHandle(string id, IGrainFactory grains, CallRetry retry) : IUserHandle
{
    private IUserGrain? _grain; // found at the first call; finding it twice is harmless

    public string Id => id;

    private IUserGrain Grain => _grain ??= grains.Find<IUserGrain>(id);

    public Task ExecuteAsync(UserCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command is SendToUser
            ? retry.OnceAsync(() => Grain.ExecuteAsync(command), cancellationToken)
            : retry.RepeatAsync(() => Grain.ExecuteAsync(command), cancellationToken);
    }

    public Task<IReadOnlyList<UserSession>> GetSessionsAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.GetSessionsAsync(), cancellationToken);

    public Task<UserStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.GetStatusAsync(), cancellationToken);

    public Task<InboxState> GetInboxAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.GetInboxAsync(), cancellationToken);

    public Task<InboxState> MarkInboxReadAsync(ulong upTo, CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(() => Grain.MarkInboxReadAsync(upTo), cancellationToken);
}
