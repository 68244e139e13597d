using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>A channel's silo is lost in each of the ways in which a gateway notices.</summary>
public sealed class SiloLossTests : IDisposable
{
    private static readonly SubscriptionTraits Present = TestClient.Positioned with { Presence = true };

    private readonly ReceivingGateway _gateway = new();

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Moved_StreamKept_SubscribesAgainAndFillsTheGap()
    {
        var client = await SubscriberAsync();
        Channel.Move("silo-2", losesStream: false, tells: true);
        Channel.Publish("1");

        await client.ExpectAsync(Push(1));

        await AssertFoundAsync("silo-2");
        Channel.Publish("2");
        await client.ExpectAsync(Push(2));
    }

    [Fact]
    public async Task Resynchronise_SubscribesAgainAndFillsTheGap()
    {
        var client = await SubscriberAsync();
        Channel.Publish("1", deliver: false);

        Channel.Send([], resynchronise: true);

        await client.ExpectAsync(Push(1));
        await AssertFoundAsync("silo-1");
    }

    [Fact]
    public async Task BatchMissing_SubscribesAgainAndFillsTheGap()
    {
        var client = await SubscriberAsync();
        Channel.Send([]);
        Channel.Publish("1", deliver: false);

        Channel.Send([], skipOne: true);

        await client.ExpectAsync(Push(1));
        await AssertFoundAsync("silo-1");
    }

    [Fact]
    public async Task SiloStopping_SubscribesAgainUntilItHasMoved()
    {
        var client = await SubscriberAsync();
        await _gateway.Silos.StartAsync(CancellationToken.None);

        Channel.Send([], stopping: true);
        await _gateway.AdvanceUntilAsync("a few attempts", () => Channel.CallsOf<GatewaySubscription>().Count > 3);
        Channel.Publish("1", deliver: false);
        Channel.Move("silo-2", losesStream: false);

        await _gateway.AdvanceUntilAsync("the new silo", () => _gateway.Silos.IsKnown("silo-2", 0));
        await client.ExpectAsync(Push(1));
        await _gateway.Silos.StopAsync(CancellationToken.None);
        await AssertFoundAsync("silo-2");
    }

    [Fact]
    public async Task SiloSilent_SubscribesAgain()
    {
        var client = await SubscriberAsync();
        await _gateway.Silos.StartAsync(CancellationToken.None);
        Channel.Move("silo-2", losesStream: false);
        Channel.Publish("1");

        await _gateway.AdvanceUntilAsync("the new silo", () => _gateway.Silos.IsKnown("silo-2", 0));

        await client.ExpectAsync(Push(1));
        await _gateway.Silos.StopAsync(CancellationToken.None);
        await AssertFoundAsync("silo-2");
    }

    [Fact]
    public async Task Moved_CallsFail_GoesOnUntilItIsFound()
    {
        var client = await SubscriberAsync();
        Channel.Before = _ => Channel.CallsOf<GatewaySubscription>().Count < 6 ? throw new TimeoutException() : Task.CompletedTask;

        Channel.Move("silo-2", losesStream: false, tells: true);
        Channel.Publish("1");
        await _gateway.AdvanceUntilAsync("the new silo", () => _gateway.Silos.IsKnown("silo-2", 0));

        await client.ExpectAsync(Push(1));
        Assert.Equal(6, Channel.CallsOf<GatewaySubscription>().Count);
    }

    [Fact]
    public async Task Moved_WhileSubscribingAgain_LooksOnceMore()
    {
        await SubscriberAsync();
        var answer = new TaskCompletionSource();
        Channel.After = _ => answer.Task;
        Channel.Send([], resynchronise: true);
        await Wait.UntilAsync("the second call", () => Channel.CallsOf<GatewaySubscription>().Count == 2);

        Channel.Move("silo-2", losesStream: false, tells: true);
        answer.SetResult();

        await Wait.UntilAsync("the new silo", () => _gateway.Silos.IsKnown("silo-2", 0));
        Assert.False(_gateway.Silos.IsKnown("silo-1", 0));
        Assert.Single(Channel.Gateways);
    }

    [Fact]
    public async Task Moved_StreamLost_TellsPositionedSubscribersAndLetsOthersGoOn()
    {
        var positioned = await SubscriberAsync();
        var plain = await SubscriberAsync(new SubscriptionTraits());
        Channel.Publish("1");
        await positioned.ExpectAsync(Push(1));
        await plain.ExpectAsync(Push(1));

        Channel.Move("silo-2", losesStream: true, tells: true);
        await positioned.ExpectAsync("\"unsubscribe\":{\"code\":2500");
        Channel.Publish("1");

        await plain.ExpectAsync(Push(1));
        await plain.ExpectNothingAsync();
        await positioned.ExpectNothingAsync();
        Assert.Equal(0, positioned.Connection.SubscriptionCount);
        Assert.Null(positioned.Connection.CloseCode);
    }

    [Fact]
    public async Task Moved_StreamLost_ClosesConnectionsThatTheServerSubscribed()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync(TestClient.Positioned, serverSide: true);
        await client.ExpectAsync("\"subscribe\"");

        Channel.Move("silo-2", losesStream: true, tells: true);

        await client.ExpectAsync("close 3010");
        await Wait.UntilAsync("the clean-up", () => client.Connection.SubscriptionCount == 0);
        Assert.Equal(0, _gateway.Channels.Find("news")!.Count);
    }

    private static string Push(int n) => TestClient.Push($"{n}", n);

    [Fact]
    public async Task Moved_RefusedForAWhile_LiveSubscribersAreServedAgain()
    {
        var client = await SubscriberAsync();
        var refused = 0;
        Channel.Before = call => call is GatewaySubscription && ++refused <= 3
            ? throw new WsClusterException(ErrorCode.UnknownChannel)
            : Task.CompletedTask;

        Channel.Move("silo-2", losesStream: false, tells: true);
        Channel.Publish("1", deliver: false);
        await _gateway.AdvanceUntilAsync("an attempt that is not refused", () => Volatile.Read(ref refused) > 3);

        await client.ExpectAsync(Push(1));
        await AssertFoundAsync("silo-2");
    }

    private async Task<TestClient> SubscriberAsync(SubscriptionTraits? traits = null)
    {
        var client = _gateway.Connect();
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(traits ?? Present));
        await client.ExpectAsync("\"subscribe\"");
        return client;
    }

    /// <summary>The channel is known at the silo only, and was told of all members as known ones.</summary>
    private async Task AssertFoundAsync(string siloId)
    {
        await _gateway.QuietAsync();
        Assert.True(_gateway.Silos.IsKnown(siloId, 0));
        Assert.Equal(siloId == "silo-1", _gateway.Silos.IsKnown("silo-1", 0));
        var calls = Channel.CallsOf<GatewaySubscription>();
        Assert.True(calls.Count > 1);
        Assert.Null(calls[0].Members);
        Assert.All(calls.Skip(1), call => Assert.True(Assert.Single(call.Members!).Reported));
    }
}
