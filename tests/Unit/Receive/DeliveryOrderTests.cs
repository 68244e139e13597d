using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>What subscribers get, in which order, whatever happens to deliveries on their way.</summary>
public sealed class DeliveryOrderTests : IDisposable
{
    private readonly ReceivingGateway _gateway = new();

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Subscribe_WhilePublicationsCome_RepliesBeforeTheFirst()
    {
        using var stop = new CancellationTokenSource();
        Assert.Equal(ErrorCode.None, await _gateway.Connect().SubscribeAsync());
        var publishing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Channel.Publish("0");
                Thread.Sleep(1); // faster than this a client's queue may be full, and it gets no reply any more
            }
        });
        var clients = Enumerable.Range(0, 50).Select(_ => _gateway.Connect()).ToArray();
        foreach (var client in clients)
        {
            await client.SubscribeAsync(TestClient.Positioned);
        }

        foreach (var client in clients)
        {
            await Wait.UntilAsync("a publication", () => client.Log.Count > 3);
            await client.UnsubscribeAsync();
        }

        await stop.CancelAsync();
        await publishing;
        foreach (var client in clients)
        {
            await Wait.UntilAsync("the unsubscribe reply", () => client.Log[^1].Contains("\"unsubscribe\"", StringComparison.Ordinal));
            StreamLogChecker.Check(client.Log);
        }
    }

    [Fact]
    public async Task Join_OwnJoin_ComesAfterTheReply()
    {
        var joined = new TaskCompletionSource();
        var traits = new SubscriptionTraits { EmitsJoinLeave = true, ReceivesJoinLeave = true };
        Channel.Before = call =>
        {
            if (call is PresenceUpdate { Changes: [{ Joined: true } change] })
            {
                Channel.Announce(change.Member.Info, joined: true);
                return joined.Task;
            }

            return Task.CompletedTask;
        };
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync(traits);
        await Wait.UntilAsync("the join", () => Channel.CallsOf<PresenceUpdate>().Count > 0);
        await client.ExpectNothingAsync();

        joined.SetResult();
        await subscribing;

        await client.ExpectAsync("\"subscribe\"", "\"join\"");
    }

    [Fact]
    public async Task Unsubscribe_PublishedAfterIt_IsNotDelivered()
    {
        var client = await SubscriberAsync();
        var other = await SubscriberAsync();
        Channel.Publish("1");
        await client.ExpectAsync(Push(1));
        await client.UnsubscribeAsync();
        await client.ExpectAsync("\"unsubscribe\"");

        Channel.Publish("2");

        await other.ExpectAsync(Push(1), Push(2));
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Unsubscribe_WhileSubscribing_WaitsForIt()
    {
        var answer = new TaskCompletionSource();
        Channel.Before = _ => answer.Task;
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync();
        await Wait.UntilAsync("the call", () => Channel.CallsOf<object>().Count > 0);
        var unsubscribing = client.UnsubscribeAsync();
        Assert.False(unsubscribing.IsCompleted);

        answer.SetResult();
        await subscribing;
        await unsubscribing;

        await client.ExpectAsync("\"subscribe\"", "\"unsubscribe\"");
        Assert.Equal(0, _gateway.Channels.Find("news")!.Count);
    }

    [Fact]
    public async Task ConnectionEnds_WhileSubscribing_LeavesNothingBehind()
    {
        var answer = new TaskCompletionSource();
        Channel.Before = _ => answer.Task;
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync(TestClient.Positioned);
        await Wait.UntilAsync("the call", () => Channel.CallsOf<object>().Count > 0);

        client.Connection.TransportEnded();
        await Wait.UntilAsync("the clean-up", () => client.Connection.SubscriptionCount == 0);
        answer.SetResult();
        await subscribing;

        Assert.True(_gateway.Channels.Find("news")!.IsAbandoned);
    }

    [Fact]
    public async Task Delivery_BeforeTheSubscribeAnswer_IsNeitherLostNorDoubled()
    {
        var answer = new TaskCompletionSource();
        var client = await FirstDeliveriesEarlyAsync(answer.Task);

        answer.SetResult();

        await client.ExpectAsync("\"offset\":4");
        Channel.Publish("5");
        await client.ExpectAsync(Push(5));
        await client.ExpectNothingAsync();
        Assert.Empty(Channel.CallsOf<RecoveryQuery>());
    }

    [Fact]
    public async Task Delivery_TooMuchBeforeTheAnswer_IsReadFromHistory()
    {
        var answer = new TaskCompletionSource();
        Channel.After = call => call is GatewaySubscription ? answer.Task : Task.CompletedTask;
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync(TestClient.Positioned);
        await Wait.UntilAsync("the call to have its effect", () => Channel.Gateways.Count == 1);
        var large = $"\"{new string('x', 100_000)}\"";
        const int Count = 50; // five megabytes: more than is kept
        for (var i = 0; i < Count; i++)
        {
            Channel.Publish(large);
        }

        answer.SetResult();
        await subscribing;

        await Wait.UntilAsync("the stream's top", () => _gateway.Channels.Find("news")!.Position.Offset == Count);
        await _gateway.QuietAsync();
    }

    [Fact]
    public async Task Gap_HistoryHasIt_IsReadOnceAndDeliveredInOrder()
    {
        var client = await SubscriberAsync();
        Channel.Publish("1");
        Channel.Publish("2", deliver: false);
        Channel.Publish("3", deliver: false);
        Channel.Publish("4");

        await client.ExpectAsync(Push(1), Push(2), Push(3), Push(4));
        await client.ExpectNothingAsync();
        Assert.Equal(1UL, Assert.Single(Channel.CallsOf<RecoveryQuery>()).AfterOffset);
        Assert.Single(Channel.CallsOf<GatewaySubscription>());
    }

    [Fact]
    public async Task Gap_AnotherWhileTheFirstIsRead_IsRepairedToo()
    {
        var reading = new TaskCompletionSource();
        var client = await SubscriberAsync();
        Channel.After = call => call is RecoveryQuery ? reading.Task : Task.CompletedTask;
        Channel.Publish("1", deliver: false);
        Channel.Publish("2");
        await Wait.UntilAsync("the read", () => Channel.CallsOf<RecoveryQuery>().Count == 1);
        Channel.Publish("3");
        Channel.Publish("4", deliver: false);
        Channel.Publish("5");
        Channel.Publish("6", deliver: false);
        Channel.Publish("7");

        reading.SetResult();

        await client.ExpectAsync([.. Enumerable.Range(1, 7).Select(Push)]);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Gap_LargerThanAPage_IsRepaired()
    {
        var client = await SubscriberAsync();
        for (var i = 1; i <= 600; i++)
        {
            Channel.Publish($"{i}", deliver: false);
        }

        Channel.Publish("601");

        await client.ExpectAsync([.. Enumerable.Range(1, 601).Select(Push)]);
        await client.ExpectNothingAsync();
        Assert.Equal(3, Channel.CallsOf<RecoveryQuery>().Count);
    }

    [Fact]
    public async Task Gap_ReadFails_IsReadAgain()
    {
        var client = await SubscriberAsync();
        Channel.Before = call => call is RecoveryQuery && Channel.CallsOf<RecoveryQuery>().Count < 3 ? throw new TimeoutException() : Task.CompletedTask;
        Channel.Publish("1", deliver: false);
        Channel.Publish("2");

        await _gateway.AdvanceUntilAsync("the repair", () => client.Log.Count >= 3);

        await client.ExpectAsync(Push(1), Push(2));
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Gap_HistoryHasItNoMore_TellsPositionedSubscribersAndLetsOthersGoOn()
    {
        var positioned = await SubscriberAsync();
        var plain = await SubscriberAsync(new SubscriptionTraits());
        var serverSide = _gateway.Connect();
        await serverSide.SubscribeAsync(TestClient.Positioned, serverSide: true);
        await serverSide.ExpectAsync("\"subscribe\"");
        Channel.Publish("1", deliver: false);
        Channel.Publish("2", deliver: false);
        Channel.Trim(keep: 1);

        Channel.Publish("3");
        await positioned.ExpectAsync("\"unsubscribe\":{\"code\":2500");
        await serverSide.ExpectAsync("close 3010");
        await _gateway.QuietAsync();
        Channel.Publish("4");

        await Wait.UntilAsync("the newest", () => plain.Log[^1] == Push(4));
        StreamLogChecker.Check(positioned.Log);
        await positioned.ExpectNothingAsync();
        Assert.Equal(1, _gateway.Channels.Find("news")!.Count);
    }

    [Fact]
    public async Task Delivery_WithoutOffset_IsDeliveredAsItComes()
    {
        var client = await SubscriberAsync();
        Channel.Publish("1");
        Channel.Publish("\"skipped\"", keep: false);
        Channel.Publish("2");

        await client.ExpectAsync(Push(1), "\"data\":\"skipped\"}", Push(2));
        Assert.Empty(Channel.CallsOf<RecoveryQuery>());
    }

    [Fact]
    public async Task Delivery_AnotherEpoch_IsDropped()
    {
        var client = await SubscriberAsync();
        Channel.Publish("1");

        Channel.Send(Channel.Entry(new Publication { Offset = 2, Data = "\"old\""u8.ToArray() }, epoch: "e0"));
        Channel.Publish("2");

        await client.ExpectAsync(Push(1), Push(2));
        await client.ExpectNothingAsync();
    }

    private static string Push(int n) => TestClient.Push($"{n}", n);

    private async Task<TestClient> SubscriberAsync(SubscriptionTraits? traits = null)
    {
        var client = _gateway.Connect();
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(traits ?? TestClient.Positioned));
        await client.ExpectAsync("\"subscribe\"");
        return client;
    }

    /// <summary>The gateway gets 1 to 4 before its subscribe call is answered; the answer says 2.</summary>
    private async Task<TestClient> FirstDeliveriesEarlyAsync(Task answer)
    {
        Channel.Publish("1");
        Channel.Publish("2");
        Channel.After = call => call is GatewaySubscription ? answer : Task.CompletedTask;
        var client = _gateway.Connect();
        _ = client.SubscribeAsync(TestClient.Positioned);
        await Wait.UntilAsync("the call to have its effect", () => Channel.Gateways.Count == 1);
        Channel.Send(Channel.Entry(new Publication { Offset = 2, Data = "2"u8.ToArray() }));
        Channel.Publish("3");
        Channel.Publish("4");
        return client;
    }
}
