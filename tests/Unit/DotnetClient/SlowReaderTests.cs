namespace WsCluster.Tests.Unit.DotnetClient;

using WsCluster.Client;

/// <summary>What happens when publications come faster than they are read.</summary>
public sealed class SlowReaderTests
{
    private const string Live = """{"recoverable":true,"positioned":true,"epoch":"e","offset":0}""";

    [Fact]
    public async Task FullBuffer_Recoverable_PausesAndGetsTheRestFromHistory()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live, new SubscriptionOptions { BufferCapacity = 4 });
        await using var reader = subscription.ReadAllAsync().GetAsyncEnumerator();
        var first = reader.MoveNextAsync(); // somebody reads
        transport.Publish("news", "1", 1);
        Assert.True(await first);
        for (ulong offset = 2; offset <= 9; offset++)
        {
            transport.Publish("news", $"{offset}", offset);
        }

        transport.Answer(await transport.CommandAsync("unsubscribe"), "unsubscribe");
        Assert.Equal(SubscriptionState.Subscribing, subscription.State);
        Assert.True(transport.IsQuiet);
        foreach (var expected in new[] { 2UL, 3UL })
        {
            Assert.Equal(expected, (await SubscriptionTests.NextAsync(reader)).Offset);
        }

        var command = await transport.CommandAsync("subscribe"); // half of the buffer is free
        Assert.Equal(5, (int?)command["subscribe"]!["offset"]);
        transport.Answer(command, "subscribe", """{"recoverable":true,"positioned":true,"epoch":"e","offset":5,"was_recovering":true,"recovered":true,"publications":[{"data":6,"offset":6},{"data":7,"offset":7}]}""");
        foreach (var expected in new[] { 4UL, 5UL, 6UL, 7UL })
        {
            var publication = await SubscriptionTests.NextAsync(reader);
            Assert.Equal((expected, false), (publication.Offset, publication.AfterGap));
        }
    }

    [Theory]
    [InlineData(true, Live)] // asked for
    [InlineData(false, "{}")] // no history to get the rest from
    public async Task FullBuffer_OtherSubscriptions_KeepTheLatestAndMarkTheGap(bool dropOldest, string result)
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", result, new SubscriptionOptions { BufferCapacity = 2, DropOldest = dropOldest });
        await using var reader = subscription.ReadAllAsync().GetAsyncEnumerator();
        var first = reader.MoveNextAsync();
        transport.Publish("news", "1", 1);
        Assert.True(await first);
        for (ulong offset = 2; offset <= 5; offset++)
        {
            transport.Publish("news", $"{offset}", offset);
        }

        await PassedAsync(test, transport);
        var (next, last) = (await SubscriptionTests.NextAsync(reader), await SubscriptionTests.NextAsync(reader));
        Assert.Equal((4UL, true), (next.Offset, next.AfterGap));
        Assert.Equal((5UL, false), (last.Offset, last.AfterGap));
        Assert.Equal(SubscriptionState.Subscribed, subscription.State);
    }

    [Fact]
    public async Task FullBuffer_NobodyReads_DoesNotPause()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live, new SubscriptionOptions { BufferCapacity = 2 });
        for (ulong offset = 1; offset <= 5; offset++)
        {
            transport.Publish("news", $"{offset}", offset);
        }

        await PassedAsync(test, transport);
        Assert.Equal(SubscriptionState.Subscribed, subscription.State);
    }

    [Fact]
    public async Task ReaderLeaves_WhileItPauses_GoesOn()
    {
        await using var test = new ClientUnderTest();
        var transport = await test.ConnectAsync();
        var subscription = await test.SubscribeAsync(transport, "news", Live, new SubscriptionOptions { BufferCapacity = 1 });
        await using (var reader = subscription.ReadAllAsync().GetAsyncEnumerator())
        {
            var first = reader.MoveNextAsync();
            transport.Publish("news", "1", 1);
            Assert.True(await first);
            transport.Publish("news", "2", 2);
            transport.Publish("news", "3", 3);
            transport.Answer(await transport.CommandAsync("unsubscribe"), "unsubscribe");
        }

        Assert.Equal(2, (int?)(await transport.CommandAsync("subscribe"))["subscribe"]!["offset"]);
    }

    /// <summary>The client has handled everything that was sent before.</summary>
    private static async Task PassedAsync(ClientUnderTest test, FakeTransport transport)
    {
        var call = test.Client.GetPresenceStatsAsync("news");
        transport.Answer(await transport.CommandAsync("presence_stats"), "presence_stats");
        await Wait.ForAsync("an answer", call);
    }
}
