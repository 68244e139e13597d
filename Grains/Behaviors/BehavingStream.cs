using Microsoft.Extensions.Logging;
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
    /// <summary>A state that nothing more happens to is saved after this time.</summary>
    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(5);

    private static readonly Task<bool> Done = Task.FromResult(true);
    private static readonly Task<bool> Failed = Task.FromResult(false);

    private readonly IStreamOwner _owner;
    private readonly ChannelOptions _options;
    private readonly BehaviorOptions _limits;
    private readonly ILogger _logger;
    private readonly StartBehaviorTimer _startTimer;
    private readonly TurnLock _turn = new();
    private readonly BehaviorTimers _timers;
    private readonly BehaviorState _state;
    private readonly BehaviorChannel _channel;
    private readonly BehaviorHandlers _handlers;
    private readonly OptimisticAppends _appends;
    private StreamSnapshot? _arrived;
    private IDisposable? _saving;
    private bool _isStarted;

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
        _startTimer = startTimer;
        _limits = context.Options;
        _logger = context.Logger;
        _timers = new BehaviorTimers(startTimer, OnTimerAsync);
        _state = new BehaviorState(channel, behavior, context.Options, options.HistorySize, context.Metrics, context.Logger);
        _channel = new BehaviorChannel(channel, _state, _timers, context.Options, context.Time);
        _handlers = new BehaviorHandlers(channel, behavior, context.Options, giveUp, context.Time, context.Metrics, context.Logger);
        _appends = new OptimisticAppends(_state, owner.Deliver);
        behavior.Attach(_channel);
        Stream = open(this);
    }

    /// <summary>The stream itself.</summary>
    public IChannelStream Stream { get; }

    /// <summary>Starts the behavior; whatever comes first does so otherwise. A failure is found again by the next to come.</summary>
    public Task StartAsync() => TryTurnAsync(static () => ValueTask.CompletedTask);

    /// <summary>The state goes on from here, where the stream does.</summary>
    public void TakeOver(StreamSnapshot? snapshot) => _arrived = snapshot;

    /// <summary>The state for another activation; null when it has none, or is not up to date.</summary>
    public StreamSnapshot? HandOver() => _isStarted && !_appends.IsOutdated ? _state.Take() : null;

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

            await StayOutOfDangerAsync();
            await PrepareAsync(); // an earlier append may have failed meanwhile
            var decision = await _handlers.AskAsync(
                nameof(ChannelBehavior.DecidePublishAsync), (behavior, cancellationToken) => behavior.DecidePublishAsync(request, cancellationToken));
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
            _channel.TakePublished();
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
                nameof(ChannelBehavior.DecideSubscribeAsync), (behavior, cancellationToken) => behavior.DecideSubscribeAsync(attempt, cancellationToken));

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
            _channel.TakePublished();
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
            await StayOutOfDangerAsync();
            answer = await _handlers.AskAsync(
                nameof(ChannelBehavior.CallAsync), (behavior, cancellationToken) => behavior.CallAsync(call, cancellationToken));
            published = await EndHandlerAsync();
        }
        catch
        {
            _channel.TakePublished();
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
            await SaveAsync();
            if (KeepsSnapshots && _state.IsUnsaved)
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
        _saving?.Dispose();
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
        if (_handlers.IsGivenUp)
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
            await _handlers.AskAsync(nameof(ChannelBehavior.StartAsync), async (behavior, cancellationToken) =>
            {
                await behavior.StartAsync(cancellationToken);
                return true;
            });
            _isStarted = true;
            await EndHandlerAsync();
        }
    }

    private ValueTask<StreamPosition> Append(PublishRequest request) =>
        _appends.AppendAsync(Stream, request, offset => request.ToPublication(offset, _options));

    /// <summary>Publishes what a handler that succeeded has published, and saves the state when it is time.</summary>
    /// <returns>Whether all of it came to be, once that is known.</returns>
    private async ValueTask<Task<bool>> EndHandlerAsync()
    {
        var requests = _channel.TakePublished();
        if (requests.Count > 0 && _appends.IsOutdated)
        {
            BehaviorLog.OwnPublicationRefused(_logger, _channel.Name, BehaviorFailure.Overtaken().Message);
            return Failed;
        }

        var published = requests.Count switch
        {
            0 => Done,
            1 => AppendOwnAsync(requests[0]),
            _ => AllAsync([.. requests.Select(AppendOwnAsync)]), // started in their order
        };

        if (_state.IsDue)
        {
            await SaveAsync();
        }
        else if (_saving is null && KeepsSnapshots && _state.IsUnsaved)
        {
            _saving = _startTimer(() => TryTurnAsync(SaveAsync), SaveAfter, Timeout.InfiniteTimeSpan);
        }

        return published;
    }

    private async Task<bool> AppendOwnAsync(PublishRequest request)
    {
        try
        {
            PublishRules.Check(request, _options.PublicationDataFormat);
            await Append(request);
            return true;
        }
        catch (Exception e)
        {
            BehaviorLog.OwnPublicationRefused(_logger, _channel.Name, e.Message);
            return false;
        }
    }

    private static async Task<bool> AllAsync(Task<bool>[] published) => Array.TrueForAll(await Task.WhenAll(published), one => one);

    private async ValueTask SaveAsync()
    {
        _saving?.Dispose();
        _saving = null;
        await _appends.WaitAsync();
        if (!_appends.IsOutdated)
        {
            await _state.SaveAsync(Stream);
        }
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
            _channel.TakePublished();
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

    private bool KeepsSnapshots => Stream is ISnapshotStream && _handlers.Behavior.HasState;

    /// <summary>Better no publication than one that a crash would take out of the state.</summary>
    private async ValueTask StayOutOfDangerAsync()
    {
        if (KeepsSnapshots && _state.IsInDanger)
        {
            await SaveAsync();
            if (_state.IsInDanger)
            {
                throw new WsClusterException(ErrorCode.TooManyRequests, "The channel's state could not be saved for too long.");
            }
        }
    }
}
