using WsCluster.Gateway.Ledgers;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Ledgers;

/// <summary>The judgement of what a connection's queue still has, or had when it ended.</summary>
public sealed class OutcomesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void OfAll_SomeUnsent_TheNewestOnesWait() =>
        Assert.Equal(
            [DeliveryOutcome.Written, DeliveryOutcome.Waiting, DeliveryOutcome.Waiting],
            All(Ledger(1, 2, 3), Subscription(unsent: 2)));

    [Fact]
    public void OfAll_EndedWithSomeUnsent_TheNewestOnesWereDropped()
    {
        var ended = Subscription(unsent: 1) with { EndedAt = Start.AddSeconds(100), EndOffset = 3, State = SubscriptionState.Closed };

        Assert.Equal(
            [DeliveryOutcome.Written, DeliveryOutcome.Written, DeliveryOutcome.Dropped, DeliveryOutcome.Later],
            All(Ledger(1, 2, 3, 4), ended));
    }

    [Fact]
    public void OfAll_EndedForDataThatIsNotJson_TheLastOneWasDropped()
    {
        var ended = Subscription() with
        {
            EndedAt = Start.AddSeconds(100),
            EndOffset = 2,
            EndCode = (int)DisconnectCode.InappropriateProtocol,
            State = SubscriptionState.Closed,
        };

        Assert.Equal([DeliveryOutcome.Written, DeliveryOutcome.Dropped, DeliveryOutcome.Later], All(Ledger(1, 2, 3), ended));
    }

    [Fact]
    public void OfAll_WithoutOffsets_TellsByTime()
    {
        var ledger = Ledger(0, 0, 0) with { Position = StreamPosition.None };
        var ended = Subscription() with
        {
            Start = new SubscriptionStart(Start.AddSeconds(1.5).UtcTicks, 0, SubscriptionStart.NotRecovered),
            EndedAt = Start.AddSeconds(2.5),
        };

        Assert.Equal([DeliveryOutcome.Earlier, DeliveryOutcome.Written, DeliveryOutcome.Later], All(ledger, ended));
    }

    [Fact]
    public void OfAll_NotLiveYet_IsNotSubscribed() =>
        Assert.Equal([DeliveryOutcome.NotSubscribed], All(Ledger(1), Subscription() with { Start = SubscriptionStart.None }));

    [Theory]
    [InlineData(0, DeliveryOutcome.Written)] // longer ago than is remembered, and nothing waits
    [InlineData(2, DeliveryOutcome.Written)] // what waits is remembered
    [InlineData(3, DeliveryOutcome.Forgotten)] // it may be what waits
    public void Of_NoLongerRemembered_SaysWhatIsSure(int unsent, DeliveryOutcome expected) =>
        Assert.Equal(expected, Outcomes.Of(Ledger(10, 11), Subscription(unsent), 5).Outcome);

    [Fact]
    public void Of_OffsetAfterTheGatewaysPosition_HasNotArrived() =>
        Assert.Equal(DeliveryOutcome.NotArrived, Outcomes.Of(Ledger(10, 11), Subscription(), 12).Outcome);

    private static IEnumerable<DeliveryOutcome> All(LedgerSnapshot ledger, SubscriptionTrace subscription) =>
        Outcomes.OfAll(ledger, subscription).Select(outcome => outcome.Outcome);

    private static LedgerSnapshot Ledger(params ulong[] offsets) => new()
    {
        Position = new StreamPosition(offsets[^1], "e"),
        Arrivals = [.. offsets.Select((offset, i) => new Arrival(offset, Start.AddSeconds(i + 1).UtcTicks, Repaired: false, Tags: null))],
        Events = [],
    };

    private static SubscriptionTrace Subscription(int unsent = 0) => new()
    {
        Client = "c",
        User = "u",
        Channel = "news",
        ConnectedAt = Start,
        State = SubscriptionState.Live,
        Start = new SubscriptionStart(Start.UtcTicks, 0, SubscriptionStart.NotRecovered),
        Unsent = unsent,
    };
}
