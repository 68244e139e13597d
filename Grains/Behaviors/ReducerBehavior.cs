namespace WsCluster.Behaviors;

/// <summary>
/// A channel that holds a value: the state is what a function makes of the publications, and a new subscriber gets it as the data
/// of its subscription, followed by the publications that it does not include.
/// </summary>
internal sealed class ReducerBehavior<TState>(Func<TState, Publication, TState> reduce) : ChannelBehavior<TState>
    where TState : class, new()
{
    protected override TState Apply(TState state, Publication publication) => reduce(state, publication);

    protected internal override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SubscribeDecision { Options = new SubscribeOptions { Data = StateAsJson() } });
}
