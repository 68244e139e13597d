using WsCluster.Gateway.Connections;
using WsCluster.Gateway.Ledgers;
using WsCluster.Gateway.Protocol.Wire;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;
using WsCluster.Tests.Unit.Receive;

namespace WsCluster.Tests.Unit.Ledgers;

/// <summary>What a gateway's ledger says, on its real receive path.</summary>
public sealed class GatewayLedgerTests : IDisposable
{
    private readonly ReceivingGateway _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Explain_LiveSubscriber_TellsWhatWasBeforeAndWhatWasWritten()
    {
        Publish("1");
        var client = await SubscribedAsync();
        Publish("2");
        Publish("3");
        await client.ExpectAsync("\"subscribe\"", "\"data\":2", "\"data\":3");

        Assert.Equal([(2, DeliveryOutcome.Written), (3, DeliveryOutcome.Written)], Outcomes(Ask(client)));
        Assert.Equal((1, DeliveryOutcome.Earlier), Assert.Single(Outcomes(Ask(client, offset: 1))));
        Assert.Equal((4, DeliveryOutcome.NotArrived), Assert.Single(Outcomes(Ask(client, offset: 4))));
    }

    [Fact]
    public async Task Explain_RecoveredSubscriber_TellsWhatItsReplyHad()
    {
        Publish("1");
        Publish("2");
        var client = await SubscribedAsync(TestClient.Positioned, new StreamPosition(1, "e1"));
        Publish("3");
        await SentAsync(client);

        Assert.Equal(
            [(1, DeliveryOutcome.Earlier), (2, DeliveryOutcome.Recovered), (3, DeliveryOutcome.Written)],
            Outcomes(Ask(client, also: [1, 2])));
    }

    [Fact]
    public async Task Explain_FilteringSubscriber_TellsWhatTheFilterKeptOut()
    {
        var filter = TagsFilter.TryCreate(new FilterNode { Key = "team", Cmp = "eq", Val = "red" });
        var client = await SubscribedAsync(new SubscriptionTraits { Filter = filter });
        Publish("1", tags: new() { ["team"] = "red" });
        Publish("2", tags: new() { ["team"] = "blue" });
        Publish("3");
        await SentAsync(client);

        Assert.Equal(
            [(1, DeliveryOutcome.Written), (2, DeliveryOutcome.Filtered), (3, DeliveryOutcome.Filtered)], Outcomes(Ask(client)));
    }

    [Fact]
    public async Task Explain_LostDelivery_TellsTheGapAndItsRepair()
    {
        var client = await SubscribedAsync();
        Publish("1");
        Publish("2", deliver: false);
        Publish("3", deliver: false);
        Publish("4");
        await client.ExpectAsync("\"subscribe\"", "\"data\":1", "\"data\":2", "\"data\":3", "\"data\":4");

        var answer = Ask(client);
        Assert.Equal(
            [(StreamEventKind.Gap, 2ul, 3ul), (StreamEventKind.Repaired, 2ul, 4ul)],
            answer.Events.Where(e => e.Kind != StreamEventKind.Duplicate).Select(e => (e.Kind, e.From, e.To)));
        Assert.Equal([false, true, true, true], Assert.Single(answer.Connections).Publications.Select(p => p.Repaired));
    }

    [Fact]
    public async Task Explain_HistoryHasTheGapNoMore_TellsTheLoss()
    {
        var client = await SubscribedAsync();
        Publish("1");
        Publish("2", deliver: false);
        Publish("3", deliver: false);
        _gateway.Channel().Trim(0);
        Publish("4");
        await _gateway.QuietAsync();

        var answer = Ask(client, offset: 2);
        Assert.Contains(answer.Events, e => e is { Kind: StreamEventKind.Lost, From: 2 });
        Assert.Equal((2, DeliveryOutcome.Lost), Assert.Single(Outcomes(answer)));
    }

    [Fact]
    public async Task Explain_StreamBeganAnew_CountsItsOffsetsAsAfterTheSubscription()
    {
        Publish("1");
        Publish("2");
        var client = await SubscribedAsync();
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(1));
        _gateway.Channel().Move("silo-2", losesStream: true);
        _gateway.Channels.Find("news")!.Link.Rebind();
        await _gateway.QuietAsync();
        Publish("3");
        await SentAsync(client);

        var answer = Ask(client);
        Assert.Contains(answer.Events, e => e.Kind == StreamEventKind.NewEpoch);
        Assert.Equal([(1, DeliveryOutcome.Written)], Outcomes(answer));
    }

    [Fact]
    public async Task Explain_Unsubscribed_TellsWhenAndWhatCameLater()
    {
        var client = await SubscribedAsync();
        var other = await SubscribedAsync();
        Publish("1");
        await client.UnsubscribeAsync();
        Publish("2");
        await SentAsync(other);

        var connections = Ask(client).Connections;
        Assert.Equal([SubscriptionState.Unsubscribed, SubscriptionState.None], connections.Select(c => c.State));
        Assert.Equal([(1, DeliveryOutcome.Written), (2, DeliveryOutcome.Later)], Outcomes(connections[0]));
        Assert.Equal([(1, DeliveryOutcome.Written), (2, DeliveryOutcome.Written)], Outcomes(Ask(other)));
    }

    [Fact]
    public async Task Explain_ConnectionClosed_TellsTheCode()
    {
        var client = await SubscribedAsync();
        Publish("1");
        Forget(client);
        client.Connection.Close(DisconnectCode.Slow);
        await _gateway.AdvanceUntilAsync("the end is remembered", () => Ask(client).Connections.Count == 1);

        var ended = Ask(client).Connections[0];
        Assert.Equal((SubscriptionState.Closed, (int)DisconnectCode.Slow), (ended.State, ended.EndCode));
    }

    [Fact]
    public async Task Explain_ByUser_FindsAllOfItsConnectionsAndNoOthers()
    {
        var (first, second) = (await SubscribedAsync(user: "u"), await SubscribedAsync(user: "u"));
        await SubscribedAsync(user: "other");

        var answer = _gateway.Get<GatewayLedger>().Explain(new ExplainQuery { Channel = "news", User = "u" });

        Assert.Equal(
            new[] { first.Connection.Id, second.Connection.Id }.Order(StringComparer.Ordinal),
            answer.Connections.Select(c => c.Client).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ledger_ManyPublications_RemembersTheNewestAndGivesItsMemoryBack()
    {
        var client = await SubscribedAsync();
        for (var i = 1; i <= ChannelLedger.MaxArrivals + 10; i++)
        {
            Publish($"{i}");
        }

        await SentAsync(client);
        var outcomes = Outcomes(Ask(client));
        Assert.Equal((ChannelLedger.MaxArrivals, 11), (outcomes.Count, outcomes[0].Offset));
        Assert.Equal((2, DeliveryOutcome.Written), Assert.Single(Outcomes(Ask(client, offset: 2))));
        Assert.InRange(_gateway.Channels.LedgerSpace.Used, 1, 100 * 1024);

        await client.UnsubscribeAsync();
        await _gateway.AdvanceUntilAsync("the channel is closed", () => _gateway.Channels.Count == 0);
        Assert.Equal(0, _gateway.Channels.LedgerSpace.Used);
    }

    private void Publish(string data, bool deliver = true, Dictionary<string, string>? tags = null)
    {
        _gateway.Time.Advance(TimeSpan.FromMilliseconds(1));
        _gateway.Channel().Publish(data, deliver, tags: tags);
    }

    private async Task<TestClient> SubscribedAsync(SubscriptionTraits? traits = null, StreamPosition? from = null, string user = "u")
    {
        var client = _gateway.Connect(user);
        _gateway.Get<ConnectionRegistry>().Add(client.Connection);
        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(traits, from));
        return client;
    }

    private static Task SentAsync(TestClient client) => Wait.UntilAsync("everything is sent", () => client.IsFlushed);

    private void Forget(TestClient client) => _gateway.Get<ConnectionRegistry>().Remove(client.Connection);

    private GatewayExplanation Ask(TestClient client, ulong? offset = null, ulong[]? also = null) =>
        _gateway.Get<GatewayLedger>().Explain(new ExplainQuery
        {
            Channel = "news",
            Client = client.Connection.Id,
            Offset = offset,
            AlsoOffsets = also ?? [],
        });

    private static List<(int Offset, DeliveryOutcome Outcome)> Outcomes(GatewayExplanation answer) => Outcomes(Assert.Single(answer.Connections));

    private static List<(int Offset, DeliveryOutcome Outcome)> Outcomes(ConnectionExplanation connection) =>
        [.. connection.Publications.Select(p => ((int)p.Offset, p.Outcome))];
}
