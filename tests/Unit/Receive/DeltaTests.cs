using System.Text;
using System.Text.Json;
using WsCluster.Configuration;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Tests.Unit.Subscriptions;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>Subscribers with deltas: each log is read as an SDK does, whose base is the publication that it got last.</summary>
public sealed class DeltaTests : IDisposable
{
    private static readonly SubscriptionTraits Delta = TestClient.Positioned with { Delta = true };

    private readonly ReceivingGateway _gateway = new();

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Deliver_FirstFullThenDeltas()
    {
        Channel.Publish(Document("before"));
        var client = await SubscriberAsync();
        Publish("a", "b", "c");

        await AssertGotAsync(client, "a", "b*", "c*");
    }

    [Fact]
    public async Task Deliver_LaterSubscriber_GetsItsFirstInFull()
    {
        var first = await SubscriberAsync();
        Publish("a");
        var second = await SubscriberAsync();
        Publish("b", "c");

        await AssertGotAsync(first, "a", "b*", "c*");
        await AssertGotAsync(second, "b", "c*");
    }

    [Fact]
    public async Task Deliver_AfterRecovery_GoesOnWithDeltas()
    {
        Publish("a", "b");
        var client = await SubscriberAsync(from: new StreamPosition(0, "e1"));
        Publish("c");

        await AssertGotAsync(client, "a", "b*", "c*");
    }

    [Fact]
    public async Task Deliver_AfterAFailedRecovery_StartsInFull()
    {
        Publish("a", "b");
        var client = await SubscriberAsync(from: new StreamPosition(0, "e0"));
        Publish("c", "d");

        await AssertGotAsync(client, "c", "d*");
    }

    [Fact]
    public async Task Deliver_AfterALoss_StartsInFull()
    {
        var client = await SubscriberAsync(Delta with { Positioned = false, Recoverable = false });
        Publish("a", "b");
        await AssertGotAsync(client, "a", "b*");
        Channel.Publish(Document("lost"), deliver: false);
        Channel.Publish(Document("lost"), deliver: false);
        Channel.Trim(keep: 0);
        Publish("e");
        await _gateway.QuietAsync();
        Publish("f", "g");

        await AssertGotAsync(client, "a", "b*", "f", "g*");
    }

    [Fact]
    public async Task Deliver_GapRepaired_GoesOnWithDeltas()
    {
        var client = await SubscriberAsync();
        Publish("a");
        Channel.Publish(Document("b"), deliver: false);
        Publish("c");

        await AssertGotAsync(client, "a", "b*", "c*");
    }

    [Fact]
    public async Task Deliver_AnotherStreamAtTheSameOffset_IsNoBase()
    {
        var options = Options();
        options.ForceRecoveryMode = RecoveryMode.Cache;
        var first = await SubscriberAsync(options: options);
        Publish("old one");
        await AssertGotAsync(first, "old one");
        Channel.HoldsBatches = true; // the new stream's first publication comes with the subscription
        Channel.Move("silo-2", losesStream: true);
        Publish("new");
        Channel.HoldsBatches = false;
        _gateway.Silos.Rebind("silo-1", 0);
        await Wait.UntilAsync("the new stream", () => _gateway.Channels.Find("news")!.Position == new StreamPosition(1, "e2"));
        await _gateway.QuietAsync();

        var client = await SubscriberAsync(from: new StreamPosition(0, ""), options: options);
        Publish("next");

        await AssertGotAsync(client, "new", "next*");
    }

    [Fact]
    public async Task Deliver_AfterOneWithoutOffset_StartsInFull()
    {
        var client = await SubscriberAsync();
        Publish("a");
        Channel.Publish(Document("skipped"), keep: false);
        Publish("b", "c");

        await AssertGotAsync(client, "a", "skipped", "b", "c*");
    }

    [Fact]
    public async Task Deliver_AfterOneThatTheFilterKept_StartsInFull()
    {
        var filter = TagsFilter.TryCreate(new FilterNode { Key = "for", Cmp = "eq", Val = "me" })!;
        Dictionary<string, string> mine = new() { ["for"] = "me" };
        var client = await SubscriberAsync(Delta with { Filter = filter });
        Channel.Publish(Document("a"), tags: mine);
        Channel.Publish(Document("b"), tags: mine);
        Channel.Publish(Document("other"));
        Channel.Publish(Document("c"), tags: mine);
        Channel.Publish(Document("d"), tags: mine);

        await AssertGotAsync(client, "a", "b*", "c", "d*");
    }

    private static ChannelOptions Options() =>
        new() { HistorySize = 100, HistoryTtl = TimeSpan.FromMinutes(1), AllowedDeltaTypes = ["fossil"] };

    /// <summary>Long enough that a delta pays.</summary>
    private static string Document(string name) => $$"""{"name":"{{name}}","text":"{{new string('x', 200)}}"}""";

    private void Publish(params string[] names) => Array.ForEach(names, name => Channel.Publish(Document(name)));

    private async Task<TestClient> SubscriberAsync(SubscriptionTraits? traits = null, StreamPosition? from = null, ChannelOptions? options = null)
    {
        var client = _gateway.Connect();
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(traits ?? Delta, from, options ?? Options()));
        return client;
    }

    /// <summary>The documents as an SDK puts them together; a star says that it came as a delta.</summary>
    private static async Task AssertGotAsync(TestClient client, params string[] names)
    {
        await Wait.UntilAsync(
            $"{string.Join(' ', names)}; there is: {string.Join("\n", client.Log)}", () => Decode(client.Log).Count >= names.Length);
        Assert.Equal(names, Decode(client.Log));
    }

    private static List<string> Decode(IReadOnlyList<string> log)
    {
        var names = new List<string>();
        byte[] last = [];
        foreach (var message in log)
        {
            using var json = JsonDocument.Parse(message);
            foreach (var publication in Publications(json.RootElement))
            {
                var isDelta = publication.TryGetProperty("delta", out _);
                var data = Encoding.UTF8.GetBytes(publication.GetProperty("data").GetString()!);
                last = isDelta ? FossilPatch.Apply(last, data) : data;
                using var document = JsonDocument.Parse(last);
                names.Add(document.RootElement.GetProperty("name").GetString() + (isDelta ? "*" : ""));
            }
        }

        return names;
    }

    private static JsonElement[] Publications(JsonElement root) =>
        root.TryGetProperty("push", out var push) && push.TryGetProperty("pub", out var publication) ? [publication]
        : root.TryGetProperty("subscribe", out var result) && result.TryGetProperty("publications", out var list) ? [.. list.EnumerateArray()]
        : [];
}
