namespace WsCluster;

/// <summary>A user over its grain.</summary>
internal sealed class UserHandle(string id, IGrainFactory grains, CallRetry retry) : IUserHandle
{
    private readonly IUserGrain _grain = grains.GetGrain<IUserGrain>(id);

    public string Id => id;

    public Task ExecuteAsync(UserCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command is SendToUser
            ? retry.OnceAsync(() => _grain.ExecuteAsync(command), cancellationToken)
            : retry.RepeatAsync(() => _grain.ExecuteAsync(command), cancellationToken);
    }

    public Task<IReadOnlyList<UserSession>> GetSessionsAsync(CancellationToken cancellationToken = default) =>
        retry.RepeatAsync(_grain.GetSessionsAsync, cancellationToken);
}
