using Orleans.Runtime;
using WsCluster.Grains.Channels;
using WsCluster.Routing;
using WsCluster.Tests.Simulation.Engine;

namespace WsCluster.Tests.Simulation.World;

/// <summary>A reference to a channel's grain, held by a gateway or a publisher: each call goes through the network.</summary>
internal sealed class ChannelProxy(SimulatedCluster world, string caller, Func<bool> isAlive, string channel) : IChannelRouting
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    public Task<StreamPosition> PublishAsync(PublishRequest request) =>
        world.Loop.Random.Next(2) == 0
            ? CallAsync("publish", activation => activation.Grain.PublishAsync(request))
            : CallAsync("publish at the silo's ingress", activation => activation.PublishAsync(request));

    public Task<ChannelAttachment> SubscribeAsync(GatewaySubscription subscription) =>
        TurnAsync($"subscribe {subscription.Members?.Count ?? 0} members", grain => grain.SubscribeAsync(subscription), world.Tampering.Attached);

    public Task UnsubscribeAsync(string gatewayId, long incarnation, long number) => TurnAsync("unsubscribe", async grain =>
    {
        await grain.UnsubscribeAsync(gatewayId, incarnation, number);
        return true;
    });

    public Task<bool> UpdatePresenceAsync(PresenceUpdate update) => world.Tampering.LosesLeaves && update.Changes.Any(change => !change.Joined)
        ? Task.FromResult(true)
        : TurnAsync(
            world.Trace is null ? "" : $"presence {string.Join(' ', update.Changes.Select(c => (c.Joined ? "+" : "-") + world.Trace.Name("c", c.Member.Info.Client)))}",
            grain => grain.UpdatePresenceAsync(update));

    public Task<HistoryPage> RecoverAsync(RecoveryQuery query) => TurnAsync("recover", grain => grain.RecoverAsync(query), world.Tampering.Recovered);

    public Task<PublishReceipt> PublishManyAsync(PublishRequest[] requests) =>
        CallAsync("publish many", activation => activation.Grain.PublishManyAsync(requests));

    public Task<ChannelAdmission> AdmitAsync(SubscribeAttempt attempt) =>
        CallAsync("admit", activation => activation.Grain.AdmitAsync(attempt), world.Tampering.Admitted);

    public Task<CallAnswer> CallAsync(ChannelCall call) => throw new NotSupportedException();

    public Task<ChannelExplanation> ExplainAsync() => throw new NotSupportedException();

    public Task GatewayLostAsync(string gatewayId, long incarnation) => throw new NotSupportedException("Only a silo calls this.");

    private Task<T> TurnAsync<T>(string what, Func<ChannelGrain, Task<T>> call, Func<string, T, T>? tamper = null) =>
        CallAsync(what, activation => activation.TurnAsync(call), tamper);

    private async Task<T> CallAsync<T>(string what, Func<ChannelActivation, Task<T>> call, Func<string, T, T>? tamper = null)
    {
        try
        {
            var answer = await world.Network.CallAsync(isAlive, () => RunAsync(what, call), ResponseTimeout);
            return tamper is null ? answer : tamper(channel, answer);
        }
        catch (Exception e) when (e is not SimulationFault)
        {
            world.Trace?.Add($"{caller}: {channel} {what} failed: {e.GetType().Name}");
            throw;
        }
    }

    private Task<T>? RunAsync<T>(string what, Func<ChannelActivation, Task<T>> call)
    {
        if (world.Members.WhenMoved(channel) is { } moved)
        {
            return WaitAsync(moved, what, call);
        }

        if (world.Members.Reach(channel) is not { } activation)
        {
            return null;
        }

        world.Trace?.Add($"{caller}: {channel} {what}");
        return AnswerAsync(activation, call(activation));
    }

    /// <summary>Orleans keeps calls to an activation that ends, and sends them after it.</summary>
    private async Task<T> WaitAsync<T>(Task moved, string what, Func<ChannelActivation, Task<T>> call)
    {
        await moved;
        return RunAsync(what, call) is { } running ? await running : throw new SiloUnavailableException();
    }

    private static async Task<T> AnswerAsync<T>(ChannelActivation activation, Task<T> running)
    {
        var result = await running;
        if (activation.Silo.IsDead)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, activation.Silo.World.Loop.Clock); // nobody is left to answer
        }

        return result;
    }
}
