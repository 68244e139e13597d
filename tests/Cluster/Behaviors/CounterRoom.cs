using System.Text.Json;
using WsCluster.Behaviors;

namespace WsCluster.Tests.Cluster.Behaviors;

/// <summary>Adds up what is published; refuses what would go below zero, and hangs when told to.</summary>
internal sealed class CounterRoom : ChannelBehavior<CounterState>
{
    protected override CounterState Apply(CounterState state, Publication publication) =>
        new() { Sum = state.Sum + AmountOf(publication.Data), Count = state.Count + 1 };

    protected internal override async ValueTask<PublishDecision> DecidePublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        if (AmountOf(request.Data) == int.MinValue)
        {
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }

        return State.Sum + AmountOf(request.Data) < 0
            ? new PublishDecision { Denial = new Denial { Code = 422, Reason = "not that many" } }
            : PublishDecision.Allow;
    }

    protected internal override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SubscribeDecision { Options = new SubscribeOptions { Data = StateAsJson() } });

    protected internal override ValueTask<CallAnswer> CallAsync(ChannelCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CallAnswer { Data = JsonSerializer.SerializeToUtf8Bytes($"{call.Method} {call.Caller.Info.User} {State.Sum}") });

    public static int AmountOf(byte[] data) => JsonSerializer.Deserialize<int>(data);
}

internal sealed class CounterState
{
    public long Sum { get; init; }

    public int Count { get; init; }
}
