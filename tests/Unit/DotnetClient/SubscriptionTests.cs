using System.Collections.Concurrent;

namespace WsCluster.Tests.Unit.DotnetClient;

using WsCluster.Client;

/// <summary>Subscriptions: recovery, ends and what a reader sees of them.</summary>
public sealed class SubscriptionTests
{
    private const string Live = """{"recoverable":true,"positioned":true,"epoch":"e","offset":41}""";

    [Fact]
    public async Task Reconnect_Recoverable_AsksFromTheLastOffsetAndGoesOn()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live);
        await using var reader = subscription.ReadAllAsync().GetAsyncEnumerator();
        transport.Publish("news", "1", 42);
        Assert.Equal(42UL, (await NextAsync(reader)).Offset);

        transport.Close(1006);
        transport = await test.ReconnectedAsync();
        var command = await transport.CommandAsync("subscribe");
        Assert.Equal("""{"channel":"news","recover":true,"epoch":"e","offset":42}""", command["subscribe"]!.ToJsonString());
        transport.Answer(command, "subscribe", """{"recoverable":true,"positioned":true,"epoch":"e","offset":42,"was_recovering":true,"recovered":true,"publications":[{"data":2,"offset":43},{"data":3,"offset":44}]}""");
        transport.Publish("news", "4", 45);
        foreach (var expected in new[] { 43UL, 44UL, 45UL })
        {
            var publication = await NextAsync(reader);
            Assert.Equal((expected, false, "news"), (publication.Offset, publication.AfterGap, publication.Channel));
        }
    }

    [Fact]
    public async Task Reconnect_NotRecovered_MarksTheGap()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live);
        await using var reader = subscription.ReadAllAsync().GetAsyncEnumerator();
        transport.Close(1006);
        transport = await test.ReconnectedAsync();
        transport.Answer(
            await transport.CommandAsync("subscribe"), "subscribe", """{"recoverable":true,"positioned":true,"epoch":"other","offset":7,"was_recovering":true}""");
        transport.Publish("news", "1", 8);
        transport.Publish("news", "2", 9);
        Assert.True((await NextAsync(reader)).AfterGap);
        Assert.False((await NextAsync(reader)).AfterGap);
    }

    [Fact]
    public async Task Subscribe_Since_RecoversFromThere()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        _ = test.Client.NewSubscription("news", new SubscriptionOptions { Since = new StreamPosition(7, "e"), Recoverable = true }).SubscribeAsync();
        var command = await transport.CommandAsync("subscribe");
        Assert.Equal("""{"channel":"news","recover":true,"epoch":"e","offset":7,"recoverable":true}""", command["subscribe"]!.ToJsonString());
    }

    [Fact]
    public async Task Unsubscribed_ByTheServerForGood_ReaderIsTold()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live);
        await using var reader = subscription.ReadAllAsync().GetAsyncEnumerator();
        transport.Publish("news", "1", 42);
        transport.Frame("""{"push":{"channel":"news","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}""");
        Assert.Equal(42UL, (await NextAsync(reader)).Offset);
        Assert.Equal(2000, (await Assert.ThrowsAsync<WsClusterClientException>(() => NextAsync(reader))).Code);
        Assert.Equal(SubscriptionState.Unsubscribed, subscription.State);
        Assert.Equal(ClientErrorCode.Unsubscribed, (await Assert.ThrowsAsync<WsClusterClientException>(() => subscription.PublishAsync("1"u8.ToArray()))).Code);
    }

    [Theory, InlineData(2500, true), InlineData(2502, false)]
    public async Task Unsubscribed_ByTheServerForNow_SubscribesAgain(int code, bool recovers)
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        await test.SubscribeAsync(transport, "news", Live);
        transport.Frame($$$"""{"push":{"channel":"news","unsubscribe":{"reason":"insufficient state","code":{{{code}}} } } }""");
        var command = await transport.CommandAsync("subscribe");
        Assert.Equal(recovers, command["subscribe"]!["recover"] is not null);
    }

    [Fact]
    public async Task StateInvalidated_DropsTokenAndPositions()
    {
        await using var test = new ClientUnderTest(o => o with { Token = "first", GetToken = _ => Task.FromResult<string?>("second") });
        var transport = await test.ConnectAsync();
        await test.SubscribeAsync(transport, "news", Live);
        transport.Close(3014);
        var next = test.Server.OpenedAsync();
        await test.PassTimeUntilAsync("the next connection", () => next.IsCompleted);
        transport = await next;
        var command = await transport.CommandAsync("connect");
        Assert.Equal("second", (string?)command["connect"]!["token"]);
        transport.Answer(command, "connect");
        Assert.Null((await transport.CommandAsync("subscribe"))["subscribe"]!["recover"]);
    }

    [Fact]
    public async Task Subscribe_NoAnswer_Reconnects()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = test.Client.NewSubscription("news");
        var subscribing = subscription.SubscribeAsync();
        await transport.CommandAsync("subscribe");
        transport = await test.ReconnectedAsync();
        Assert.Contains(test.Changes, c => c.Code == ConnectingCode.SubscribeTimeout);
        transport.Answer(await transport.CommandAsync("subscribe"), "subscribe");
        await Wait.ForAsync("subscribing", subscribing);
    }

    [Theory, InlineData(100, true), InlineData(103, false)]
    public async Task Subscribe_Refused_GoesOnOnlyWhenThatIsTemporary(int code, bool temporary)
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscribing = test.Client.NewSubscription("news").SubscribeAsync();
        transport.Refuse(await transport.CommandAsync("subscribe"), code, temporary);
        if (temporary)
        {
            var next = transport.CommandAsync("subscribe");
            await test.PassTimeUntilAsync("the next attempt", () => next.IsCompleted);
            transport.Answer(await next, "subscribe");
            await Wait.ForAsync("subscribing", subscribing);
        }
        else
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<WsClusterClientException>(() => subscribing)).Code);
        }
    }

    [Fact]
    public async Task Unsubscribe_ReaderEnds_AndALaterSubscribeGoesOnFromThere()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live);
        await using (var reader = subscription.ReadAllAsync().GetAsyncEnumerator())
        {
            transport.Publish("news", "1", 42);
            await NextAsync(reader);
            await subscription.UnsubscribeAsync();
            Assert.False(await reader.MoveNextAsync());
        }

        transport.Answer(await transport.CommandAsync("unsubscribe"), "unsubscribe");
        _ = subscription.SubscribeAsync();
        Assert.Equal(42, (int?)(await transport.CommandAsync("subscribe"))["subscribe"]!["offset"]);
    }

    [Fact]
    public async Task ServerSubscriptions_AreReadRecoveredAndReported()
    {
        await using var test = new ClientUnderTest();
        var changes = new ConcurrentQueue<string>();
        test.Client.ServerSubscriptionChanged += (_, c) => changes.Enqueue($"{c.Channel} {c.State} {c.Recovered}");
        var transport = await test.ConnectAsync("""{"subs":{"a":{"recoverable":true,"positioned":true,"epoch":"e","offset":3},"b":{}}}""");
        await using var reader = test.Client.ReadAllAsync().GetAsyncEnumerator();
        transport.Publish("a", "1", 4);
        transport.Publish("b", "2");
        Assert.Equal("a", (await NextAsync(reader)).Channel);
        Assert.Equal("b", (await NextAsync(reader)).Channel);

        transport.Close(1006);
        var next = test.Server.OpenedAsync();
        await test.PassTimeUntilAsync("the next connection", () => next.IsCompleted);
        transport = await next;
        var command = await transport.CommandAsync("connect");
        Assert.Equal("""{"a":{"recover":true,"epoch":"e","offset":4}}""", command["connect"]!["subs"]!.ToJsonString());
        transport.Answer(command, "connect", """{"subs":{"a":{"recoverable":true,"epoch":"e","offset":4,"was_recovering":true,"recovered":true,"publications":[{"data":5,"offset":5}]}}}""");
        Assert.Equal(5UL, (await NextAsync(reader)).Offset);
        transport.Frame("""{"push":{"channel":"a","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}}""");
        await Wait.UntilAsync("the last change", () => changes.Count >= 7);
        Assert.Equal(
            ["a Subscribed False", "b Subscribed False", "a Subscribing False", "b Subscribing False", "b Unsubscribed False", "a Subscribed True", "a Unsubscribed False"],
            changes);
    }

    [Fact]
    public async Task Dispose_EndsReadersAndCalls()
    {
        var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live);
        await using var reader = subscription.ReadAllAsync().GetAsyncEnumerator();
        var reading = reader.MoveNextAsync();
        var publishing = test.Client.PublishAsync("news", "1"u8.ToArray());
        await transport.CommandAsync("publish");
        await test.DisposeAsync();

        Assert.False(await reading);
        Assert.Equal(ClientErrorCode.TransportClosed, (await Assert.ThrowsAsync<WsClusterClientException>(() => publishing)).Code);
        Assert.True(transport.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Client.ConnectAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => subscription.SubscribeAsync());
        await test.DisposeAsync();
    }

    internal static async Task<Publication> NextAsync(IAsyncEnumerator<Publication> reader)
    {
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Wait.Limit));
        return reader.Current;
    }
}
