using WsCluster.Behaviors;
using WsCluster.Configuration;
using WsCluster.Grains.Channels;
using WsCluster.Grains.History;

namespace WsCluster.Grains.Behaviors;

/// <summary>
/// A channel's stream with the application's behavior before it: what is appended is decided about first, one by one, against a
/// state that includes all that was accepted before. Everything else passes on to the stream itself.
/// </summary>
internal sealed class BehavingStream : IChannelStream, IStreamOwner
{
    private readonly IStreamOwner _owner;
    private readonly ChannelOptions _options;
    private readonly BehaviorOptions _limits;
    private readonly TurnLock _turn = new();
    private readonly BehaviorTimers _timers;
    private readonly BehaviorState _state;
    private readonly OwnPublications _own;
    private readonly BehaviorHandlers<ChannelBehavior> _handlers;
    private readonly OptimisticAppends _appends;
    private readonly StateSaving _saving;
    private StreamSnapshot? _arrived;
    private bool _isStarted;
    private bool _isOver; // handed over, or closed: a handler that still runs is too late

    public BehavingStream(
        string channel,
        ChannelOptions options,
        ChannelBehavior behavior,
        IStreamOwner owner,
        Func<IStreamOwner, IChannelStream> open,
        StartBehaviorTimer startTimer,
        Action giveUp,
        BehaviorContext context)
    {
        _owner = owner;
        _options = options;
        _limits = context.Options;
        _timers = new BehaviorTimers(startTimer, OnTimerAsync);
        _state = new BehaviorState(channel, behavior, context.Options, options.HistorySize, context.Metrics, context.Logger);
        var inside = new BehaviorChannel(channel, _state, _timers, context.Options, context.Time);
        _handlers = new BehaviorHandlers<ChannelBehavior>(
            behavior,
            context.Options,
            giveUp,
            context.Time,
            context.Metrics,
            new BehaviorFaultLog(
                (handler, exception) => BehaviorLog.Threw(context.Logger, channel, handler, exception),
                (handler, limit) => BehaviorLog.TookTooLong(context.Logger, channel, handler, limit)));
        _appends = new OptimisticAppends(_state, owner.Deliver);
        _own = new OwnPublications(inside, _appends, Append, options, context.Logger);
        behavior.Attach(inside);
        Stream = open(this);
        _saving = new StateSaving(_state, _appends, Stream, behavior.HasState, startTimer, TryTurnAsync);
    }

    /// <summary>The stream itself.</summary>
    public IChannelStream Stream { get; }

    /// <summary>Starts the behavior; whatever comes first does so otherwise. A failure is found again by the next to come.</summary>
    public Task StartAsync() => TryTurnAsync(static () => ValueTask.CompletedTask);

    /// <summary>The state goes on from here, where the stream does.</summary>
    public void TakeOver(StreamSnapshot? snapshot) => _arrived = snapshot;

    /// <summary>The state for another activation; null when it has none, or is not up to date.</summary>
    public StreamSnapshot? HandOver()
    {
        _isOver = true;
        return _isStarted && !_appends.IsOutdated ? _state.Take() : null;
    }

    public async ValueTask<StreamPosition> AppendAsync(PublishRequest request)
    {
        ValueTask<StreamPosition> append;
        await EnterAsync();
        try
        {
            await PrepareAsync();
            if (request.IdempotencyKey is { Length: > 0 } key)
            {
                if (_appends.Find(key) is { } underWay)
                {
                    return await underWay;
                }

                if (await Stream.FindAsync(key) is { } earlier)
                {
                    return earlier;
                }
            }

            if (request.Mark is not null)
            {
                // Accepted before the namespace got its behavior, in all of its channels: too late for a no.
                append = Append(request);
                await EndHandlerAsync();
                return await append;
            }

            await _saving.StayOutOfDangerAsync();
            await PrepareAsync(); // an earlier append may have failed meanwhile
            var decision = await _handlers.AskAsync(
                nameof(ChannelBehavior.DecidePublishAsync), static (behavior, request, cancellationToken) => behavior.DecidePublishAsync(request, cancellationToken), request);
            if (_appends.IsOutdated)
            {
                throw BehaviorFailure.Overtaken();
            }

            if (decision.Denial is { } denial)
            {
                await EndHandlerAsync();
                throw BehaviorFailure.Refusal(denial);
            }

            append = Append(Replacement(request, decision));
            if (request.Version > 0)
            {
                await _appends.WaitAsync(); // whether it is published is up to the stream: nothing is decided before that is known
            }

            await EndHandlerAsync();
        }
        catch
        {
            _own.Drop();
            throw;
        }
        finally
        {
            _turn.Exit();
        }

        return await append;
    }

    /// <summary>Lets the behavior decide about a subscriber.</summary>
    public async Task<(SubscribeDecision Decision, StreamPosition Position)> AdmitAsync(SubscribeAttempt attempt)
    {
        await EnterAsync();
        try
        {
            await PrepareAsync();
            var decision = await _handlers.AskAsync(
                nameof(ChannelBehavior.DecideSubscribeAsync), static (behavior, attempt, cancellationToken) => behavior.DecideSubscribeAsync(attempt, cancellationToken), attempt);

            // What the state includes must have its place: a subscriber must not start from what then does not come to be.
            await _appends.WaitAsync();
            if (_appends.IsOutdated)
            {
                throw BehaviorFailure.GivenUp();
            }

            var position = _state.Position;
            await EndHandlerAsync();
            return (decision, position);
        }
        catch
        {
            _own.Drop();
            throw;
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>Calls a method of the behavior.</summary>
    public async Task<CallAnswer> CallAsync(ChannelCall call)
    {
        CallAnswer answer;
        Task<bool> published;
        await EnterAsync();
        try
        {
            await PrepareAsync();
            await _saving.StayOutOfDangerAsync();
            answer = await _handlers.AskAsync(
                nameof(ChannelBehavior.CallAsync), static (behavior, call, cancellationToken) => behavior.CallAsync(call, cancellationToken), call);
            published = await EndHandlerAsync();
        }
        catch
        {
            _own.Drop();
            throw;
        }
        finally
        {
            _turn.Exit();
        }

        // The caller is told that it is done when it is: what the handler published has its place.
        return await published ? answer : throw BehaviorFailure.NotPublished();
    }

    /// <summary>Tells the behavior of joins and leaves.</summary>
    public void Tell(IReadOnlyList<(ClientInfo Info, bool Joined)> changes)
    {
        foreach (var (info, joined) in changes)
        {
            _ = TryTurnAsync(() => RunAsync(
                joined ? nameof(ChannelBehavior.JoinedAsync) : nameof(ChannelBehavior.LeftAsync),
                (behavior, cancellationToken) => joined ? behavior.JoinedAsync(info, cancellationToken) : behavior.LeftAsync(info, cancellationToken)));
        }
    }

    public ValueTask<StreamPosition> GetTopAsync() => Stream.GetTopAsync();

    public ValueTask<Publication?> GetLatestAsync() => Stream.GetLatestAsync();

    public ValueTask<HistoryPage> ReadAfterAsync(ulong after, int limit) => Stream.ReadAfterAsync(after, limit);

    public ValueTask<HistoryPage> ReadBeforeAsync(ulong? before, int limit) => Stream.ReadBeforeAsync(before, limit);

    public ValueTask<StreamPosition?> FindAsync(string idempotencyKey) => Stream.FindAsync(idempotencyKey);

    public ValueTask SettleAsync() => Stream.SettleAsync();

    /// <summary>What is dropped must be in a snapshot first.</summary>
    public async ValueTask RemoveAsync()
    {
        await EnterAsync();
        try
        {
            await PrepareAsync();
            await _appends.WaitAsync();
            await _saving.SaveAsync();
            if (_saving.IsUnsaved)
            {
                throw new WsClusterException(ErrorCode.Internal, "The channel's state could not be saved.");
            }

            await Stream.RemoveAsync();
        }
        finally
        {
            _turn.Exit();
        }
    }

    public DateTimeOffset? Trim() => Stream.Trim();

    public DateTimeOffset KeepUntil() => Stream.KeepUntil();

    public void Close()
    {
        _isOver = true;
        _saving.Stop();
        _timers.StopAll();
        Stream.Close();
    }

    void IStreamOwner.Deliver(string epoch, Publication publication) => _appends.Delivered(epoch, publication);

    void IStreamOwner.LoseStream(string reason) => _owner.LoseStream(reason);

    bool IStreamOwner.AppendsFailed()
    {
        _appends.Failed();
        return true;
    }

    private async ValueTask EnterAsync()
    {
        if (_turn.Waiting >= _limits.MaxWaiting)
        {
            throw BehaviorFailure.TooMuch();
        }

        await _turn.EnterAsync();
    }

    /// <summary>Starts the behavior when it is not started, and restores a state that is out of date.</summary>
    private async ValueTask PrepareAsync()
    {
        if (_handlers.IsGivenUp || _isOver)
        {
            throw BehaviorFailure.GivenUp();
        }

        if (_isStarted && !_appends.IsOutdated)
        {
            return;
        }

        await _appends.WaitAsync();
        await Stream.SettleAsync();
        await _state.RestoreAsync(Stream, _arrived);
        _arrived = null;
        _appends.Restored();
        if (!_isStarted)
        {
            await _handlers.AskAsync(nameof(ChannelBehavior.StartAsync), static async (behavior, _, cancellationToken) =>
            {
                await behavior.StartAsync(cancellationToken);
                return true;
            }, true);
            _isStarted = true;
            await EndHandlerAsync();
        }
    }

    private ValueTask<StreamPosition> Append(PublishRequest request) => _isOver
        ? throw BehaviorFailure.GivenUp() // decided about here, and published by nobody: the caller's repeat finds the next activation
        : _appends.AppendAsync(Stream, request, _options);

    /// <summary>Publishes what a handler that succeeded has published, and saves the state when it is time.</summary>
    /// <returns>Whether all of it came to be, once that is known.</returns>
    private async ValueTask<Task<bool>> EndHandlerAsync()
    {
        var published = _own.Publish();
        await _saving.AfterHandlerAsync();
        return published;
    }

    private async ValueTask RunAsync(string handler, Func<ChannelBehavior, CancellationToken, ValueTask> run)
    {
        if (await _handlers.RunAsync(handler, run))
        {
            await EndHandlerAsync();
        }
    }

    private Task OnTimerAsync(string timer) => TryTurnAsync(
        () => RunAsync(nameof(ChannelBehavior.TimerAsync), (behavior, cancellationToken) => behavior.TimerAsync(timer, cancellationToken)));

    /// <summary>A turn that nobody waits for the outcome of.</summary>
    private async Task TryTurnAsync(Func<ValueTask> run)
    {
        await _turn.EnterAsync();
        try
        {
            await PrepareAsync();
            await run();
        }
        catch (WsClusterException)
        {
            // Refused and logged where it happened: the store is away, or the instance is given up.
        }
        finally
        {
            _own.Drop();
            _turn.Exit();
        }
    }

    private PublishRequest Replacement(PublishRequest request, PublishDecision decision)
    {
        if (decision.Instead is not { } instead)
        {
            return request;
        }

        PublishRules.Check(instead, _options.PublicationDataFormat);
        return instead with { Info = instead.Info ?? request.Info, IdempotencyKey = request.IdempotencyKey };
    }
}
