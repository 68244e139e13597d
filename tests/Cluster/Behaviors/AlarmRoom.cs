using System.Text.Json;
using WsCluster.Behaviors;

namespace WsCluster.Tests.Cluster.Behaviors;

/// <summary>Rings when its time has come. The time is in the state; a timer waits for it wherever the channel is active.</summary>
internal sealed class AlarmRoom : ChannelBehavior<AlarmState>
{
    protected override AlarmState Apply(AlarmState state, Publication publication) =>
        JsonSerializer.Deserialize<AlarmState>(publication.Data, JsonSerializerOptions.Web)!;

    protected internal override ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (State is { At: not null, HasRung: false })
        {
            WaitFor(State.At.Value);
        }

        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask<SubscribeDecision> DecideSubscribeAsync(SubscribeAttempt attempt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SubscribeDecision { Options = new SubscribeOptions { Data = StateAsJson() } });

    /// <summary>The method is the time in milliseconds from now.</summary>
    protected internal override ValueTask<CallAnswer> CallAsync(ChannelCall call, CancellationToken cancellationToken)
    {
        var at = Channel.Time.GetUtcNow().AddMilliseconds(int.Parse(call.Method, System.Globalization.CultureInfo.InvariantCulture));
        Channel.PublishJson(new AlarmState { At = at });
        WaitFor(at);
        return ValueTask.FromResult(CallAnswer.Done);
    }

    protected internal override ValueTask TimerAsync(string timer, CancellationToken cancellationToken)
    {
        Channel.PublishJson(State with { HasRung = true });
        return ValueTask.CompletedTask;
    }

    private void WaitFor(DateTimeOffset time)
    {
        var left = time - Channel.Time.GetUtcNow();
        Channel.StartTimer("ring", left > TimeSpan.FromMilliseconds(10) ? left : TimeSpan.FromMilliseconds(10));
    }
}

internal sealed record AlarmState
{
    public DateTimeOffset? At { get; init; }

    public bool HasRung { get; init; }
}
