using System.Text.Json.Nodes;
using WsCluster.Configuration;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Gateway.Subscriptions.Derived;
using WsCluster.Tests.Unit.Receive;

namespace WsCluster.Tests.Unit.Derived;

/// <summary>Subscribers that get less than everything, on the whole receive path of a gateway.</summary>
public sealed class DerivedDeliveryTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly SubscriptionTraits Latest = new() { Derivation = new Derivation.Latest(Interval, WhileSlow: false) };
    private static readonly SubscriptionTraits Adaptive = new() { Derivation = new Derivation.Latest(Interval, WhileSlow: true) };

    private readonly ReceivingGateway _gateway = new();
    private readonly ChannelOptions _options = new()
    {
        HistorySize = 1000,
        HistoryTtl = TimeSpan.FromMinutes(1),
        ConflationKey = "k",
        ConflationInterval = Interval,
        AdaptiveQueuedBytes = 8 * 1024,
    };

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Latest_FirstAtOnceThenTheNewestOfEachKeyAtTheInterval()
    {
        var client = await SubscriberAsync(Latest);
        Publish("a 1", "b 1", "a 2", "a 3", "c 1", "b 2");
        await ExpectAsync(client, "a 1");
        await ExpectNothingMoreAsync(client, 1);

        _gateway.Time.Advance(Interval);
        await ExpectAsync(client, "a 1", "a 3", "c 1", "b 2");

        _gateway.Time.Advance(Interval * 10);
        Publish("b 3"); // long enough after: it need not wait
        await ExpectAsync(client, "a 1", "a 3", "c 1", "b 2", "b 3");
        Assert.Equal(2, _gateway.Count("conflation.replaced")); // b 1 and a 2
        Assert.Equal(5, _gateway.Channels.Metrics.Deliveries);
    }

    [Fact]
    public async Task Latest_OneFlush_IsOneFrame()
    {
        var client = await SubscriberAsync(Latest);
        Publish("a 1");
        await ExpectAsync(client, "a 1");
        var before = client.Frames;
        Publish("a 2", "b 1", "c 1");

        _gateway.Time.Advance(Interval);

        await ExpectAsync(client, "a 1", "a 2", "b 1", "c 1");
        Assert.Equal(before + 1, client.Frames);
    }

    [Fact]
    public async Task Latest_OthersOnTheChannel_GetEverything()
    {
        var phone = await SubscriberAsync(Latest);
        var desk = await SubscriberAsync(TestClient.Positioned);

        Publish("a 1", "a 2", "a 3");

        await ExpectAsync(desk, "a 1", "a 2", "a 3");
        await ExpectAsync(phone, "a 1");
    }

    [Fact]
    public async Task Latest_JoiningLate_GetsTheNewestOfEachKeyFromHistory()
    {
        Publish("a 1", "b 1", "a 2", "c 1");

        await ExpectAsync(await SubscriberAsync(Latest), "b 1", "a 2", "c 1");

        var reads = Channel.CallsOf<WsCluster.Routing.RecoveryQuery>().Count;
        await ExpectAsync(await SubscriberAsync(Latest), "b 1", "a 2", "c 1"); // from what the gateway knows now
        Assert.Equal(reads, Channel.CallsOf<WsCluster.Routing.RecoveryQuery>().Count);
    }

    [Fact]
    public async Task Latest_WithoutHistory_JoiningLateGetsWhatPassed()
    {
        using var gateway = new ReceivingGateway(createChannel: name => new FakeChannel(name) { KeepsHistory = false });
        _options.HistorySize = 0;
        var first = gateway.Connect();
        await first.SubscribeAsync(Latest, options: _options);
        foreach (var text in new[] { "a 1", "b 1", "a 2" })
        {
            gateway.Channel().Publish($"\"{text}\"", tags: new() { ["k"] = text[..1] });
        }

        var second = gateway.Connect();
        await second.SubscribeAsync(Latest, options: _options);

        await ExpectAsync(second, "b 1", "a 2");
    }

    [Fact]
    public async Task Latest_Filter_LooksFirst()
    {
        var filter = TagsFilter.TryCreate(new FilterNode { Key = "venue", Cmp = "eq", Val = "x" })!;
        var client = await SubscriberAsync(Latest with { Filter = filter });
        Publish("a 1");
        PublishAt("x", "a 2");
        PublishAt("x", "a 3");
        Publish("a 4");

        _gateway.Time.Advance(Interval);

        await ExpectAsync(client, "a 2", "a 3"); // a 4 is not for it and replaces nothing
    }

    [Fact]
    public async Task Latest_StreamLost_StartsAnew()
    {
        var client = await SubscriberAsync(Latest);
        Publish("a 1");
        await ExpectAsync(client, "a 1");
        Channel.Publish("\"lost\"", deliver: false);
        Channel.Trim(keep: 0);
        Publish("b 1");

        await Wait.UntilAsync("the end", () => client.Log.Any(line => line.Contains("\"code\":2500", StringComparison.Ordinal)));
        Assert.Equal(0, _gateway.Count("conflation.bytes"));
    }

    [Fact]
    public async Task Latest_MoreKeysThanMayBe_AreSentEarly()
    {
        _options.ConflationMaxKeys = 2;
        var client = await SubscriberAsync(Latest);

        Publish("a 1", "b 1", "c 1", "d 1");

        await ExpectAsync(client, "a 1", "b 1", "c 1", "d 1");
        Assert.Equal(2, _gateway.Count("conflation.forgotten"));
    }

    [Fact]
    public async Task Latest_ForgottenBeforeASlowOneGotIt_StartsAnew()
    {
        _options.ConflationMaxKeys = 2;
        var slow = await SubscriberAsync(Latest);
        slow.Stall();
        Publish("a 1"); // is in its transport, and takes for ever
        for (var key = 'b'; key < 'e' && slow.Connection.Writer.QueuedBytes < 4096; key++)
        {
            slow.Connection.Send(new Reply { Push = new Push { Message = new Message { Data = Google.Protobuf.ByteString.CopyFromUtf8($"\"{new string('x', 2000)}\"") } } });
        }

        await Wait.UntilAsync("a long queue", () => slow.Connection.Writer.QueuedBytes > 4096);
        Publish("b 1", "c 1", "d 1");
        slow.Resume();

        await Wait.UntilAsync("the end", () => slow.Log.Any(line => line.Contains("\"code\":2500", StringComparison.Ordinal)));
        Assert.Null(slow.Connection.CloseCode);
    }

    [Fact]
    public async Task Latest_OneDerivationTooMany_IsRefused()
    {
        for (var i = 0; i < Conflations.Most; i++)
        {
            Assert.Equal(ErrorCode.None, await _gateway.Connect().SubscribeAsync(LatestOf($"{i}"), options: _options));
        }

        Assert.Equal(ErrorCode.LimitExceeded, await _gateway.Connect().SubscribeAsync(LatestOf("one more"), options: _options));
        Assert.Equal(ErrorCode.None, await _gateway.Connect().SubscribeAsync(LatestOf("7"), options: _options));
    }

    [Fact]
    public async Task Sample_GetsOneOfEverySoMany()
    {
        var client = await SubscriberAsync(new SubscriptionTraits { Derivation = new Derivation.Sample(3) });

        Publish("a 1", "a 2", "a 3", "a 4", "a 5", "a 6", "a 7");

        await ExpectAsync(client, "a 1", "a 4", "a 7");
        await ExpectNothingMoreAsync(client, 3);
    }

    [Fact]
    public async Task Adaptive_Fast_GetsEverything()
    {
        var client = await SubscriberAsync(Adaptive);

        Publish("a 1", "a 2", "b 1", "a 3");

        await ExpectAsync(client, "a 1", "a 2", "b 1", "a 3");
        Assert.Equal(0, _gateway.Count("adaptive.slow"));
    }

    [Fact]
    public async Task Adaptive_Slow_GetsTheNewestAndLaterEverythingAgain()
    {
        _options.AdaptiveQueuedBytes = 64 * 1024;
        var fast = await SubscriberAsync(Adaptive);
        var slow = await SubscriberAsync(Adaptive);
        slow.Stall();
        var number = 0;
        async Task PublishMoreAsync(int count)
        {
            for (; count > 0; count--)
            {
                Publish($"a {++number} {new string('x', 500)}", $"b {number} {new string('x', 500)}");
                await Wait.UntilAsync("the fast one", () => number % 20 > 0 || fast.IsFlushed);
            }
        }

        while (_gateway.Count("adaptive.slow") == 0)
        {
            await PublishMoreAsync(20);
        }

        await PublishMoreAsync(1200); // more than a megabyte: would have been 3008
        Assert.Null(slow.Connection.CloseCode);
        slow.Resume();
        await _gateway.AdvanceUntilAsync("everything again", () => _gateway.Count("adaptive.slow") == 0);
        Publish($"c {number + 1}", $"c {number + 2}", $"c {number + 3}");

        await Wait.UntilAsync("the last", () => Data(slow).LastOrDefault() == $"c {number + 3}" && Data(fast).LastOrDefault() == $"c {number + 3}");
        var got = Data(slow);
        string[] newest = ["a", "b", "c", "c", "c"];
        Assert.Equal(newest, got[^5..].Select(text => text[..1]));
        Assert.StartsWith($"a {number} ", got[^5], StringComparison.Ordinal);
        Assert.StartsWith($"b {number} ", got[^4], StringComparison.Ordinal);
        Assert.InRange(got.Count, 10, 1000);
        AssertInOrder(got);
        Assert.Equal((2 * number) + 3, Data(fast).Count); // it noticed nothing
        Assert.Equal(2, _gateway.Count("adaptive.switches"));
    }

    /// <summary>Whatever the moments at which it stalls: each key's publications come in order, none twice, and in the end the newest.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Adaptive_ToAndFro_KeepsTheOrderOfEachKey(int seed)
    {
        var random = new Random(seed);
        _options.AdaptiveReturn = Interval;
        var client = await SubscriberAsync(Adaptive);
        var newest = new SortedDictionary<string, string>();
        for (var i = 1; i <= 3000; i++)
        {
            var key = $"{(char)('a' + random.Next(5))}";
            newest[key] = $"{key} {i}";
            Publish(newest[key]);
            switch (random.Next(100))
            {
                case 0:
                    client.Stall();
                    break;
                case 1:
                    client.Resume();
                    break;
                case < 8:
                    _gateway.Time.Advance(Interval / 2);
                    break;
            }
        }

        client.Resume();
        await _gateway.AdvanceUntilAsync("everything again", () => _gateway.Count("adaptive.slow") == 0 && client.IsFlushed);

        var got = Data(client);
        AssertInOrder(got);
        Assert.Equal(newest.Values, newest.Keys.Select(key => got.Last(text => text.StartsWith(key, StringComparison.Ordinal))));
        await client.UnsubscribeAsync();
        Assert.Equal(0, _gateway.Count("conflation.bytes"));
    }

    private static SubscriptionTraits LatestOf(string venue) =>
        Latest with { Filter = TagsFilter.TryCreate(new FilterNode { Key = "venue", Cmp = "eq", Val = venue }) };

    private static void AssertInOrder(List<string> got)
    {
        foreach (var key in got.GroupBy(text => text.Split(' ')[0]))
        {
            var numbers = key.Select(text => int.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(numbers.Distinct().Order(), numbers);
        }
    }

    private static async Task ExpectAsync(TestClient client, params string[] publications)
    {
        await Wait.UntilAsync($"{string.Join(", ", publications)}; there is: {string.Join("\n", client.Log)}", () => Data(client).Count >= publications.Length);
        Assert.Equal(publications, Data(client));
    }

    /// <summary>A marker sent through the same queue proves that nothing is on its way.</summary>
    private static async Task ExpectNothingMoreAsync(TestClient client, int publications)
    {
        client.Connection.Send(new Reply());
        await Wait.UntilAsync("the marker", () => client.Log.Contains("{}"));
        Assert.Equal(publications, Data(client).Count);
    }

    private static List<string> Data(TestClient client) =>
        [.. client.Log.Where(line => line.Contains("\"pub\":", StringComparison.Ordinal)).Select(line => (string)JsonNode.Parse(line)!["push"]!["pub"]!["data"]!)];

    private void Publish(params string[] texts)
    {
        foreach (var text in texts)
        {
            Channel.Publish($"\"{text}\"", tags: new() { ["k"] = text.Split(' ')[0] });
        }
    }

    private void PublishAt(string venue, string text) => Channel.Publish($"\"{text}\"", tags: new() { ["k"] = text.Split(' ')[0], ["venue"] = venue });

    private async Task<TestClient> SubscriberAsync(SubscriptionTraits traits)
    {
        var client = _gateway.Connect();
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(traits, options: _options));
        return client;
    }
}
