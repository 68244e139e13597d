using System.Text;
using WsCluster.Behaviors;

namespace WsCluster.Tests.ChaosSilo;

/// <summary>
/// Adds up what is published, hands the tally to who subscribes, and writes it into each publication as it was before: so the
/// stream itself shows what every decision was made on.
/// </summary>
internal sealed class TallyRoom : ChannelBehavior<Tally>
{
    protected override Tally Apply(Tally state, Publication publication) => state.Add(publication.Data);

    protected override ValueTask<PublishDecision> DecidePublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new PublishDecision
        {
            Instead = request with { Data = [.. request.Data.AsSpan(0, request.Data.Length - 1), .. Encoding.UTF8.GetBytes($"|{State}\"")] },
        });

    protected override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SubscribeDecision { Options = new SubscribeOptions { Data = StateAsJson() } });
}
