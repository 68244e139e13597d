using WsCluster.Behaviors;
using WsCluster.Grains.Behaviors;

namespace WsCluster.Grains.Users.Code;

/// <summary>
/// A user's side of its behavior: calls the handlers one at a time, keeps their state, and begins with another instance where one
/// failed. All on one scheduler.
/// </summary>
/// <param name="user">The user.</param>
/// <param name="create">Makes an instance.</param>
/// <param name="memory">Keeps the state.</param>
/// <param name="sessions">The live connections.</param>
/// <param name="execute">Does something to them.</param>
/// <param name="context">What all behaviors of the silo share.</param>
internal sealed class BehavingUser(
    string user,
    Func<UserBehavior> create,
    UserMemory memory,
    Func<IReadOnlyList<UserSession>> sessions,
    Action<UserCommand> execute,
    BehaviorContext context)
{
    private readonly TurnLock _turn = new();
    private string? _deciding; // the connection that is asked about; it may be known when it is asked about again
    private (BehaviorHandlers<UserBehavior> Handlers, BehaviorUser User, int Read)? _instance;

    /// <summary>Whether a connection may come in, and with what.</summary>
    /// <exception cref="WsClusterException">The behavior failed, or its state could not be kept.</exception>
    public async Task<ConnectDecision> DecideConnectAsync(ConnectAttempt attempt)
    {
        try
        {
            return await RunAsync(nameof(UserBehavior.DecideConnectAsync), (behavior, cancellationToken) =>
            {
                _deciding = attempt.Caller.Info.Client;
                return behavior.DecideConnectAsync(attempt, cancellationToken);
            });
        }
        finally
        {
            _deciding = null;
        }
    }

    /// <summary>Tells of unread messages, and remembers that together with the state.</summary>
    /// <param name="unread">What is unread.</param>
    /// <param name="told">Makes the record say that it was told.</param>
    /// <exception cref="WsClusterException">The behavior failed, or its state could not be kept: it has not been told.</exception>
    public Task TellUnreadAsync(UnreadMessages unread, Func<UserRecord, UserRecord> told) => RunAsync(
        nameof(UserBehavior.OnUnreadAsync),
        async (behavior, cancellationToken) =>
        {
            await behavior.OnUnreadAsync(unread, cancellationToken);
            return true;
        },
        told);

    /// <summary>Tells of a connection that came or went. Nobody waits for it.</summary>
    public void Tell(UserSession session, bool connected) => _ = TellAsync(session, connected);

    /// <summary>Waits until everything that was begun has ended.</summary>
    public async Task IdleAsync()
    {
        await _turn.EnterAsync();
        _turn.Exit();
    }

    private async Task TellAsync(UserSession session, bool connected)
    {
        try
        {
            await RunAsync(
                connected ? nameof(UserBehavior.ConnectedAsync) : nameof(UserBehavior.DisconnectedAsync),
                async (behavior, cancellationToken) =>
                {
                    await (connected ? behavior.ConnectedAsync(session, cancellationToken) : behavior.DisconnectedAsync(session, cancellationToken));
                    return true;
                });
        }
        catch (WsClusterException)
        {
            // Logged where it happened.
        }
    }

    private async Task<T> RunAsync<T>(
        string handler, Func<UserBehavior, CancellationToken, ValueTask<T>> run, Func<UserRecord, UserRecord>? also = null)
    {
        if (_turn.Waiting >= context.Options.MaxWaiting)
        {
            throw BehaviorFailure.TooMuch();
        }

        await _turn.EnterAsync();
        try
        {
            await memory.LoadAsync();
            if (_instance?.Read != memory.Reads)
            {
                End(); // its state was made of an earlier read
            }

            var (handlers, behaviorUser, read) = _instance ??= Begin();
            var answer = await handlers.AskAsync(handler, run);
            await SaveAsync(handlers.Behavior, read, also);
            foreach (var command in behaviorUser.TakeCommands())
            {
                execute(command);
            }

            return answer;
        }
        catch
        {
            End(); // the handler may have changed half of the state
            throw;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private (BehaviorHandlers<UserBehavior> Handlers, BehaviorUser User, int Read) Begin()
    {
        try
        {
            var behavior = create();
            var behaviorUser = new BehaviorUser(user, OtherSessions, context.Options, context.Time);
            behavior.Attach(behaviorUser);
            behavior.ReadState(memory.Record.State);
            var log = new BehaviorFaultLog(
                (handler, exception) => UserLog.BehaviorThrew(context.Logger, user, handler, exception),
                (handler, limit) => UserLog.BehaviorTookTooLong(context.Logger, user, handler, limit));
            return (new BehaviorHandlers<UserBehavior>(behavior, context.Options, End, context.Time, context.Metrics, log), behaviorUser, memory.Reads);
        }
        catch (Exception e)
        {
            UserLog.BehaviorThrew(context.Logger, user, "its constructor, or of its state", e);
            context.Metrics.BehaviorFailed("threw");
            throw BehaviorFailure.Thrown(e);
        }
    }

    private IReadOnlyList<UserSession> OtherSessions() =>
        _deciding is null ? sessions() : [.. sessions().Where(session => session.Client != _deciding)];

    private void End()
    {
        _instance?.User.Close();
        _instance = null;
    }

    private async Task SaveAsync(UserBehavior behavior, int read, Func<UserRecord, UserRecord>? also)
    {
        byte[]? state;
        try
        {
            state = behavior.WriteState();
        }
        catch (Exception e)
        {
            UserLog.BehaviorThrew(context.Logger, user, nameof(SaveAsync), e);
            context.Metrics.BehaviorFailed("save");
            throw BehaviorFailure.Thrown(e);
        }

        if (state?.Length > context.Options.MaxStateBytes)
        {
            UserLog.StateTooLarge(context.Logger, user, state.Length, context.Options.MaxStateBytes);
            context.Metrics.BehaviorFailed("size");
            throw new WsClusterException(Denial.Of(ErrorCode.Internal) with { IsTemporary = false });
        }

        var changed = state is not null && !state.AsSpan().SequenceEqual(memory.Record.State);
        if (changed || also is not null)
        {
            await memory.UpdateAsync(record =>
            {
                if (memory.Reads != read)
                {
                    throw BehaviorFailure.GivenUp(); // read anew since the handler began: what it decided on may be out of date
                }

                record = also is null ? record : also(record);
                return changed ? record with { State = state } : record;
            });
        }
    }
}
