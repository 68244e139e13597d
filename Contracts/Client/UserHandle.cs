using WsCluster.Routing;

namespace WsCluster;

/// <summary>A user over its grain.</summary>
internal sealed class UserHandle(string id, IGrainFactory grains, CallRetry retry, IDetour? detour) : IUserHandle
{
    private IUserGrain? _grain; // found at the first call; finding it twice is harmless

    public string Id => id;

    private IUserGrain Grain => _grain ??= grains.Find<IUserGrain>(id);

    public Task ExecuteAsync(UserCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command is SendToUser
            ? retry.OnceAsync(() => Grain.ExecuteAsync(command), cancellationToken)
            : AskAsync(
                () => WithResult(Grain.ExecuteAsync(command)),
                entrance => WithResult(entrance.ExecuteUserAsync(id, command)),
                cancellationToken);
    }

    public Task<IReadOnlyList<UserSession>> GetSessionsAsync(CancellationToken cancellationToken = default) =>
        AskAsync(() => Grain.GetSessionsAsync(), entrance => entrance.GetSessionsAsync(id), cancellationToken);

    public Task<UserStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        AskAsync(() => Grain.GetStatusAsync(), entrance => entrance.GetStatusAsync(id), cancellationToken);

    public Task<InboxState> GetInboxAsync(CancellationToken cancellationToken = default) =>
        AskAsync(() => Grain.GetInboxAsync(), entrance => entrance.GetInboxAsync(id), cancellationToken);

    public Task<InboxState> MarkInboxReadAsync(ulong upTo, CancellationToken cancellationToken = default) =>
        AskAsync(() => Grain.MarkInboxReadAsync(upTo), entrance => entrance.MarkInboxReadAsync(id, upTo), cancellationToken);

    private static async Task<bool> WithResult(Task call)
    {
        await call;
        return true;
    }

    private Task<T> AskAsync<T>(Func<Task<T>> ask, Func<ISiloEntrance, Task<T>> askBy, CancellationToken cancellationToken) =>
        retry.RepeatAsync(detour, ask, askBy, cancellationToken);
}
