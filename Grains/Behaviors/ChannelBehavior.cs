namespace WsCluster.Behaviors;

/// <summary>
/// The application's code of one channel. An instance lives with each activation of a channel of the namespace that it was
/// registered for (<c>AddChannelBehavior</c>) and is called by one thing at a time: no handler runs while another one does, so
/// no lock is needed. What a handler sees and decides, and the order of the channel's publications, are one and the same.
/// </summary>
/// <remarks>
/// A handler that takes longer than <c>WsCluster:Behaviors:Timeout</c>, or throws, fails its caller and nobody else. After a
/// timeout the instance is given up, since its handler may still be running: the channel is activated anew, and its callers'
/// repeats find the next instance. Keep what must outlive an instance in <see cref="ChannelBehavior{TState}"/>'s state.
/// </remarks>
public abstract class ChannelBehavior
{
    private IBehaviorChannel? _channel;

    /// <summary>The channel that this instance belongs to.</summary>
    /// <exception cref="InvalidOperationException">Used in a constructor: the channel comes right after it.</exception>
    protected IBehaviorChannel Channel =>
        _channel ?? throw new InvalidOperationException("The channel is there from StartAsync on, not in the constructor.");

    /// <summary>Called first, when the state is as the stream says. Start timers here. The default does nothing.</summary>
    protected internal virtual ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// A client wants to subscribe, and may as far as tokens and the namespace's options go. <see cref="SubscribeOptions.Data"/> of
    /// the decision is what the subscriber starts from. The default lets everybody in, without data.
    /// </summary>
    protected internal virtual ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SubscribeDecision.Allow);

    /// <summary>
    /// Somebody wants to publish, a client (<see cref="PublishRequest.Info"/> says which) or an application service (no info).
    /// Accept it, refuse it, or say what to publish instead. A repeat of an accepted publication with the same idempotency key
    /// does not come here. The default accepts.
    /// </summary>
    protected internal virtual ValueTask<PublishDecision> DecidePublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(PublishDecision.Allow);

    /// <summary>A subscriber calls a method of the channel. The default knows none.</summary>
    protected internal virtual ValueTask<CallAnswer> CallAsync(ChannelCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(CallAnswer.UnknownMethod);

    /// <summary>Somebody joined; needs <c>JoinLeave</c> in the namespace. The default does nothing.</summary>
    protected internal virtual ValueTask JoinedAsync(ClientInfo info, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Somebody left, or was lost with their gateway; needs <c>JoinLeave</c>. The default does nothing.</summary>
    protected internal virtual ValueTask LeftAsync(ClientInfo info, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A timer that <see cref="IBehaviorChannel.StartTimer"/> started is due. The default does nothing.</summary>
    protected internal virtual ValueTask TimerAsync(string timer, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>True when there is a state to keep.</summary>
    internal virtual bool HasState => false;

    /// <summary>Gives the instance its channel.</summary>
    internal void Attach(IBehaviorChannel channel) => _channel = channel;

    /// <summary>Takes a publication that has its place in the stream into the state.</summary>
    internal virtual void Include(Publication publication)
    {
    }

    /// <summary>The state as bytes.</summary>
    internal virtual byte[] WriteState() => [];

    /// <summary>Goes on with a state from <see cref="WriteState"/>; null for the state of an empty channel.</summary>
    internal virtual void ReadState(byte[]? state)
    {
    }
}
