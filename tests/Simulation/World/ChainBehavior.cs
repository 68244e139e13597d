using WsCluster.Behaviors;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A behavior whose state tells whether it has all publications in their order. Sometimes it takes its time to decide.</summary>
internal sealed class ChainBehavior(SimulatedCluster world) : ChannelBehavior<Chain>
{
    protected override Chain Apply(Chain state, Publication publication) => state.With(publication.Data);

    protected internal override async ValueTask<PublishDecision> DecidePublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        if (world.Loop.Random.Next(8) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(world.Loop.Random.Next(1, 30)), world.Loop.Clock, cancellationToken);
        }

        return PublishDecision.Allow;
    }

    protected internal override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SubscribeDecision { Options = new SubscribeOptions { Data = StateAsJson() } });

    protected internal override ValueTask<CallAnswer> CallAsync(ChannelCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CallAnswer { Data = StateAsJson() });
}
