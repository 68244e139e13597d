using WsCluster.Configuration;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>Subscribers that come with a position, while the gateway stands somewhere else.</summary>
public sealed class RecoveryTests : IDisposable
{
    private static readonly ChannelOptions Cache = new()
    {
        HistorySize = 10,
        HistoryTtl = TimeSpan.FromMinutes(1),
        ForceRecoveryMode = RecoveryMode.Cache,
    };

    private readonly ReceivingGateway _gateway = new(options => options.MaxRecoveryPublications = 5);

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Recover_FromBehind_GetsWhatItMissedAndGoesOn()
    {
        PublishTo(4);

        var client = await RecoverAsync(new StreamPosition(2, "e1"));
        Channel.Publish("5");

        await client.ExpectAsync("\"recovered\":true,\"offset\":2", Push(5));
        Assert.Contains(Publications(3, 4), client.Log[0], StringComparison.Ordinal);
        StreamLogChecker.Check(client.Log);
    }

    [Fact]
    public async Task Recover_FromTheTop_GetsNothing()
    {
        PublishTo(4);

        var client = await RecoverAsync(new StreamPosition(4, "e1"));

        await client.ExpectAsync("\"recovered\":true,\"offset\":4");
        Assert.DoesNotContain("publications", client.Log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recover_EmptyPosition_GetsTheWholeStream()
    {
        PublishTo(3);

        var client = await RecoverAsync(new StreamPosition(0, ""));

        await client.ExpectAsync("\"recovered\":true");
        Assert.Contains(Publications(1, 2, 3), client.Log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recover_AheadOfThisGateway_GetsNothingTwice()
    {
        var other = await RecoverAsync(new StreamPosition(0, "e1"));
        PublishTo(3, deliver: false);

        var client = await RecoverAsync(new StreamPosition(1, "e1"));
        Channel.Publish("4"); // the gateway finds its gap here

        await client.ExpectAsync("\"recovered\":true,\"offset\":1", Push(4));
        await other.ExpectAsync("\"recovered\":true", Push(1), Push(2), Push(3), Push(4));
        await client.ExpectNothingAsync();
        StreamLogChecker.Check(client.Log);
    }

    [Fact]
    public async Task Recover_PublishedWhileHistoryIsRead_IsMerged()
    {
        PublishTo(2);
        await RecoverAsync(new StreamPosition(2, "e1"));
        var reading = new TaskCompletionSource();
        Channel.After = call => call is RecoveryQuery ? reading.Task : Task.CompletedTask;
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync(TestClient.Positioned, new StreamPosition(1, "e1"));
        await Wait.UntilAsync("the read", () => Channel.CallsOf<RecoveryQuery>().Count == 2);
        PublishTo(4);

        reading.SetResult();
        await subscribing;
        Channel.Publish("5");

        await client.ExpectAsync("\"recovered\":true,\"offset\":1", Push(5));
        Assert.Contains(Publications(2, 3, 4), client.Log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recover_TooLargeAGap_IsNotRecovered()
    {
        PublishTo(6);

        var client = await RecoverAsync(new StreamPosition(0, "e1"));
        Channel.Publish("7");

        await client.ExpectAsync("\"offset\":6", Push(7));
        Assert.DoesNotContain("recovered", client.Log[0].Replace("was_recovering", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("publications", client.Log[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "e1")]  // trimmed
    [InlineData(3, "e0")]  // another life of the stream
    [InlineData(9, "e1")]  // never was
    public async Task Recover_NotPossible_IsLiveFromTheTop(ulong offset, string epoch)
    {
        PublishTo(4);
        Channel.Trim(keep: 1);

        var client = await RecoverAsync(new StreamPosition(offset, epoch));
        Channel.Publish("5");

        await client.ExpectAsync("\"epoch\":\"e1\",\"offset\":4", Push(5));
        Assert.DoesNotContain("\"recovered\"", client.Log[0], StringComparison.Ordinal);
        StreamLogChecker.Check(client.Log);
    }

    [Fact]
    public async Task Recover_NotPossibleAndRejected_GetsError112()
    {
        PublishTo(4);
        var client = _gateway.Connect();

        var error = await client.SubscribeAsync(TestClient.Positioned, new StreamPosition(3, "e0"), rejectUnrecovered: true);

        Assert.Equal(ErrorCode.UnrecoverablePosition, error);
        Assert.Equal(0, client.Connection.SubscriptionCount);
        Assert.Null(client.Connection.CloseCode);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Recover_CacheMode_GetsTheLatestUnlessItHasIt()
    {
        PublishTo(4);

        var stale = await RecoverAsync(new StreamPosition(1, "e1"), Cache);
        var fresh = await RecoverAsync(new StreamPosition(4, "e1"), Cache);
        Channel.Publish("5");

        await stale.ExpectAsync("\"recovered\":true", Push(5));
        Assert.Contains(Publications(4), stale.Log[0], StringComparison.Ordinal);
        await fresh.ExpectAsync("\"recovered\":true", Push(5));
        Assert.DoesNotContain("publications", fresh.Log[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recover_GatewayBehindALostStream_GetsThePositionOfTheNewOne()
    {
        PublishTo(3);
        await RecoverAsync(new StreamPosition(3, "e1"));
        Channel.Move("silo-2", losesStream: true);
        Channel.Publish("1");

        // The gateway has not noticed yet: what history says belongs to a stream that it gets no deliveries of.
        var client = await RecoverAsync(new StreamPosition(3, "e1"));
        await _gateway.QuietAsync();
        Channel.Publish("2");

        await client.ExpectAsync("\"epoch\":\"e2\",\"offset\":1", Push(2));
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Recover_AnswerFromALostStream_IsNotMixedWithTheNewOne()
    {
        PublishTo(9);
        var first = await RecoverAsync(new StreamPosition(9, "e1"));
        var late = new TaskCompletionSource();
        Channel.After = call => call is RecoveryQuery && Channel.CallsOf<RecoveryQuery>().Count == 2 ? late.Task : Task.CompletedTask;
        var client = _gateway.Connect();
        var subscribing = client.SubscribeAsync(TestClient.Positioned, new StreamPosition(8, "e1"));
        await Wait.UntilAsync("the read", () => Channel.CallsOf<RecoveryQuery>().Count == 2);
        Channel.Move("silo-2", losesStream: true, tells: true);
        await first.ExpectAsync("\"subscribe\"", "\"code\":2500");
        await _gateway.QuietAsync();

        late.SetResult();
        await subscribing;
        PublishTo(2);

        await client.ExpectAsync("\"epoch\":\"e2\"", Push(1), Push(2));
        StreamLogChecker.Check(client.Log);
    }

    private static string Push(int n) => TestClient.Push($"{n}", n);

    private static string Publications(params int[] ns) =>
        $"\"publications\":[{string.Join(',', ns.Select(n => $$"""{"data":{{n}},"offset":{{n}}}"""))}]";

    private void PublishTo(ulong top, bool deliver = true)
    {
        while (Channel.Top.Offset < top)
        {
            Channel.Publish($"{Channel.Top.Offset + 1}", deliver);
        }
    }

    private async Task<TestClient> RecoverAsync(StreamPosition from, ChannelOptions? options = null)
    {
        var client = _gateway.Connect();
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(TestClient.Positioned, from, options));
        return client;
    }
}
