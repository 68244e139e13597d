using System.Buffers;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>When a gateway subscribes to a channel, keeps the subscription, gives it up and finds it again.</summary>
public sealed class ChannelTieTests : IDisposable
{
    private readonly ReceivingGateway _gateway = new();

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Subscribe_SecondSubscriber_MakesNoCall()
    {
        Assert.Equal(ErrorCode.None, await _gateway.Connect().SubscribeAsync());
        Assert.Equal(ErrorCode.None, await _gateway.Connect().SubscribeAsync());

        Assert.Single(Channel.CallsOf<object>());
        Assert.Equal(2, _gateway.Channels.Find("news")!.Count);
    }

    [Fact]
    public async Task Subscribe_ManyAtOnce_ShareOneCall()
    {
        var answer = new TaskCompletionSource();
        Channel.Before = _ => answer.Task;
        var subscribing = Enumerable.Range(0, 20).Select(_ => _gateway.Connect().SubscribeAsync()).ToArray();
        await Wait.UntilAsync("the call", () => Channel.CallsOf<object>().Count > 0);

        answer.SetResult();

        Assert.All(await Task.WhenAll(subscribing), error => Assert.Equal(ErrorCode.None, error));
        Assert.Single(Channel.CallsOf<object>());
    }

    [Fact]
    public async Task Subscribe_Twice_IsRefused()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();

        Assert.Equal(ErrorCode.AlreadySubscribed, await client.SubscribeAsync());
    }

    [Fact]
    public async Task Unsubscribe_LastSubscriber_GivesUpTheChannelAfterTheLinger()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        var number = Channel.CallsOf<GatewaySubscription>().Single().Number;
        await client.UnsubscribeAsync();

        _gateway.Time.Advance(_gateway.Options.Linger - TimeSpan.FromMilliseconds(200));
        Assert.NotNull(_gateway.Channels.Find("news"));
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(400));

        await Wait.UntilAsync("the unsubscribe", () => Channel.Gateways.Count == 0);
        // One higher, so that it ends the subscription even if that arrives later.
        Assert.Equal(new Unsubscribed("gateway", number + 1), Assert.Single(Channel.CallsOf<Unsubscribed>()));
        Assert.Equal(0, _gateway.Channels.Count);
    }

    [Fact]
    public async Task Subscribe_DuringTheLinger_KeepsTheChannel()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        await client.UnsubscribeAsync();
        _gateway.Time.Advance(_gateway.Options.Linger / 2);

        await client.SubscribeAsync();
        _gateway.Time.Advance(_gateway.Options.Linger * 3);

        Assert.Single(Channel.CallsOf<object>());
        Assert.NotNull(_gateway.Channels.Find("news"));
    }

    [Fact]
    public async Task Subscribe_AfterTheLinger_UnsubscribesNothingNewer()
    {
        var late = new TaskCompletionSource();
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        await client.UnsubscribeAsync();
        Channel.Before = call => call is Unsubscribed ? late.Task : Task.CompletedTask;
        _gateway.Time.Advance(_gateway.Options.Linger * 2);
        await Wait.UntilAsync("the unsubscribe", () => Channel.CallsOf<Unsubscribed>().Count > 0);

        await client.SubscribeAsync();
        late.SetResult();

        await Wait.UntilAsync("the late unsubscribe", () => Channel.CallsOf<Unsubscribed>().Count == 1);
        Assert.Single(Channel.Gateways);
    }

    [Fact]
    public async Task Unsubscribe_CallFails_IsRepeated()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        await client.UnsubscribeAsync();
        Channel.Before = _ => Channel.CallsOf<Unsubscribed>().Count < 3 ? throw new TimeoutException() : Task.CompletedTask;

        await _gateway.AdvanceUntilAsync("the unsubscribe", () => Channel.Gateways.Count == 0);

        Assert.Equal(3, Channel.CallsOf<Unsubscribed>().Count);
    }

    [Fact]
    public async Task Delivery_NobodyHere_UnsubscribesWithANewerNumber()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        var lane = Channel.CallsOf<GatewaySubscription>().Single().Lane;
        await client.UnsubscribeAsync();
        await _gateway.AdvanceUntilAsync("the end", () => Channel.CallsOf<Unsubscribed>().Count == 1);
        await Channel.SubscribeAsync(new GatewaySubscription { Lane = lane, Number = long.MaxValue / 2 });

        Channel.Publish("1");

        await Wait.UntilAsync("the stray unsubscribe", () => Channel.CallsOf<Unsubscribed>().Count == 2);
        var (first, stray) = (Channel.CallsOf<Unsubscribed>()[0], Channel.CallsOf<Unsubscribed>()[1]);
        Assert.True(stray.Number > first.Number);
    }

    [Theory]
    [InlineData("news", false)]
    [InlineData("elsewhere", true)]
    public async Task Attached_OfAChannelThatNobodyHas_IsEnded(string channel, bool ends)
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        var output = new ArrayBufferWriter<byte>();
        DeliveryWriter.Write(output, DeliveryKind.Attached, channel, []);
        DeliveryWriter.Write(output, DeliveryKind.Attached, "another", []);

        await _gateway.DeliverAsync(output.WrittenSpan.ToArray());

        await Wait.UntilAsync("the end of another", () => _gateway.Channel("another").CallsOf<Unsubscribed>().Count == 1);
        await Wait.UntilAsync("what is to end", () => _gateway.Channel(channel).CallsOf<Unsubscribed>().Count == (ends ? 1 : 0));
    }

    [Fact]
    public async Task Subscribe_ChannelRefused_GivesThatError()
    {
        Channel.Before = _ => throw new WsClusterException(ErrorCode.UnknownChannel);
        var client = _gateway.Connect();

        Assert.Equal(ErrorCode.UnknownChannel, await client.SubscribeAsync());

        Assert.Null(client.Connection.CloseCode);
        Assert.Equal(0, client.Connection.SubscriptionCount);
        Assert.Single(Channel.CallsOf<object>());
    }

    [Fact]
    public async Task Subscribe_RecoveryRefused_LeavesNoReservation()
    {
        Channel.Before = call => call is RecoveryQuery ? throw new WsClusterException(ErrorCode.NotAvailable) : Task.CompletedTask;
        var client = _gateway.Connect();

        Assert.Equal(ErrorCode.NotAvailable, await client.SubscribeAsync(TestClient.Positioned, new StreamPosition(0, "")));

        Assert.Equal(0, client.Connection.SubscriptionCount);
    }

    [Fact]
    public async Task Subscribe_CallsFail_RepeatsWithBackoffUntilItSucceeds()
    {
        Channel.Before = _ => Channel.CallsOf<GatewaySubscription>().Count switch
        {
            1 => throw new TimeoutException(),
            2 => throw new OrleansException("busy"),
            3 => throw new WsClusterException(ErrorCode.Internal),
            _ => Task.CompletedTask,
        };
        var start = _gateway.Time.GetUtcNow();
        var subscribing = _gateway.Connect().SubscribeAsync();

        await _gateway.AdvanceUntilAsync("the subscription", () => subscribing.IsCompleted);

        Assert.Equal(ErrorCode.None, await subscribing);
        var calls = Channel.CallsOf<GatewaySubscription>();
        Assert.Equal(4, calls.Count);
        Assert.Equal(calls.Count, calls.Select(c => c.Number).Distinct().Count());
        Assert.True(_gateway.Time.GetUtcNow() > start);
    }

    [Fact]
    public async Task Subscribe_ClusterAway_ClosesTheConnectionAtTheDeadline()
    {
        Channel.Before = _ => new TaskCompletionSource().Task;
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync();

        await _gateway.AdvanceUntilAsync("the deadline", () => subscribing.IsCompleted);

        Assert.Equal(ErrorCode.Internal, await subscribing);
        Assert.Equal((int)DisconnectCode.InternalServerError, client.Connection.CloseCode);
        Assert.Equal(0, client.Connection.SubscriptionCount);
    }

    [Fact]
    public async Task Rebind_ChannelClosed_DoesNotSubscribeAgain()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync();
        var link = _gateway.Channels.Find("news")!.Link;
        await client.UnsubscribeAsync();
        await _gateway.AdvanceUntilAsync("the end", () => Channel.CallsOf<Unsubscribed>().Count == 1);

        link.Rebind(); // a silo's loss is told to its channels over a second: this one was on the list
        await Wait.UntilAsync("quiet", () => link.IsQuiet);

        Assert.Single(Channel.CallsOf<GatewaySubscription>());
        Assert.Empty(Channel.Gateways);
        Assert.False(_gateway.Silos.IsKnown("silo-1", 0));
    }
}
