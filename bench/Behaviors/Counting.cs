using WsCluster.Behaviors;

namespace WsCluster.Bench.Behaviors;

/// <summary>A state, and a decision on it for each publication: what the smallest useful behavior has.</summary>
internal sealed class Counting : ChannelBehavior<Counting.Count>
{
    protected override ValueTask<PublishDecision> DecidePublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(State.Publications < long.MaxValue ? PublishDecision.Allow : PublishDecision.Deny);

    protected override Count Apply(Count state, Publication publication)
    {
        state.Publications++;
        return state;
    }

    /// <summary>The publications so far.</summary>
    internal sealed class Count
    {
        public long Publications { get; set; }
    }
}
