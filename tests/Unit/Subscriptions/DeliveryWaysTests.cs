using System.Text;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Subscriptions;

public sealed class DeliveryWaysTests
{
    private static readonly Guid Relay = Guid.NewGuid();
    private static readonly Guid OtherRelay = Guid.NewGuid();

    private readonly List<string> _passed = [];
    private readonly List<string> _turns = [];
    private readonly DeliveryWays _ways;

    public DeliveryWaysTests() => _ways = new DeliveryWays(
        arrival => _passed.Add(arrival.Publication is { } publication ? Encoding.UTF8.GetString(publication.Data) : $"{arrival.Kind}"),
        (relay, outbox) => _turns.Add(relay is null ? "straight" : outbox == Guid.Empty ? $"{relay} to begin" : relay),
        TestMetrics.Gateway());

    [Fact]
    public void Take_RelayIsAheadOfTheStraightWay_Waits()
    {
        Begin(1);
        Take(Relay, "3");
        Take(Relay, "4");
        Take("1");
        Take("2");
        Assert.Equal(["1", "2"], _passed);

        Relayed(1);
        Take(Relay, "5");

        Assert.Equal(["1", "2", "3", "4", "5"], _passed);
        Assert.Equal(["relay-1"], _turns);
    }

    [Fact]
    public void Take_StraightWayIsAheadOfTheRelaysEnd_Waits()
    {
        Relayed(1);
        Take("4");
        Begin(1);
        Take(Relay, "1");
        Take(Relay, "2");
        Take("5");
        Take(Relay, "3");
        Assert.Equal(["1", "2", "3"], _passed);

        End(1);

        Assert.Equal(["1", "2", "3", "4", "5"], _passed);
        Assert.Equal(["relay-1 to begin", "relay-1", "straight"], _turns);
    }

    [Fact]
    public void Take_ThereAndBackAndThereAgain_KeepsTheOrderOfAllThatWaits()
    {
        Relayed(1);
        Take("2");
        Relayed(2);
        Take("4");
        Begin(2, OtherRelay);
        Take(OtherRelay, "3");
        End(2, OtherRelay);
        Assert.Empty(_passed);

        Begin(1);
        Take(Relay, "1");
        End(1);

        Assert.Equal(["1", "2", "3", "4"], _passed);
    }

    [Fact]
    public void Take_JoinsAndLeaves_AreInTheSameOrder()
    {
        Begin(1);
        _ways.Take(Relay, Arrival.Of(DeliveryKind.Join, new ClientInfo { User = "u", Client = "c" }));
        Take("1");

        Relayed(1);

        Assert.Equal(["1", "Join"], _passed);
    }

    [Fact]
    public void Take_RelayWithoutBeginning_IsDropped()
    {
        Take(Relay, "late");

        Assert.Empty(_passed);
    }

    [Fact]
    public void Restart_AtARelayThatFell_GoesOnStraightWithWhatWaits()
    {
        Begin(1);
        Relayed(1);
        Take(Relay, "1");
        Take("3");

        _ways.Restart(Stint(1));
        Take(Relay, "late");
        End(1);
        Take("4");

        Assert.Equal(["1", "3", "4"], _passed);
        Assert.Equal(["relay-1", "straight"], _turns);
    }

    [Fact]
    public void Restart_AnswerOlderThanWhatCame_ChangesNothing()
    {
        Relayed(2);
        Begin(2);

        _ways.Restart(Stint(1));
        Take(Relay, "1");

        Assert.Equal(["1"], _passed);
    }

    [Fact]
    public void Restart_OfAnotherActivation_EndsEverythingOfTheOneBefore()
    {
        Relayed(7);
        Begin(7);
        Take("of the next");
        Begin(8, OtherRelay);
        Take(OtherRelay, "late");

        _ways.Restart(new RelayStint(2, 0));
        Take(Relay, "late");

        Assert.Equal(["of the next"], _passed);
        Assert.Equal("straight", _turns[^1]);
    }

    [Fact]
    public void Take_MarkOfAStintThatIsOver_IsIgnored()
    {
        _ways.Restart(Stint(3));

        Relayed(3);
        Take("1");

        Assert.Equal(["1"], _passed);
    }

    [Fact]
    public void Take_TooMuchWaits_SaysSo()
    {
        Relayed(1);
        var publication = new Publication { Offset = 1, Data = new byte[DeliveryWays.MaxBytes] };

        Assert.True(_ways.Take(Guid.Empty, Arrival.Of("e", publication)));
        Assert.False(_ways.Take(Guid.Empty, Arrival.Of("e", publication)));
    }

    [Fact]
    public void Take_OneThatCannotBePassed_DoesNotComeAgain()
    {
        var fails = true;
        var ways = new DeliveryWays(
            arrival => _passed.Add(fails ? throw new InvalidOperationException() : Encoding.UTF8.GetString(arrival.Publication!.Data)), (_, _) => { }, TestMetrics.Gateway());
        ways.Take(Relay, Arrival.Of(DeliveryKind.RelayBegin, Stint(1), ""));
        ways.Take(Relay, Publication("1"));
        ways.Take(Relay, Publication("2"));
        Assert.Throws<InvalidOperationException>(() => ways.Take(Guid.Empty, Arrival.Of(DeliveryKind.Relayed, Stint(1), "relay-1")));

        fails = false;
        ways.Take(Guid.Empty, Publication("later"));
        ways.Take(Relay, Arrival.Of(DeliveryKind.RelayEnd, Stint(1), ""));

        Assert.Equal(["2", "later"], _passed);
    }

    private static RelayStint Stint(long number) => new(1, number);

    private static Arrival Publication(string data) => Arrival.Of("e", new Publication { Offset = 0, Data = Encoding.UTF8.GetBytes(data) });

    private void Take(string data) => Take(Guid.Empty, data);

    private void Take(Guid relay, string data) => Assert.True(_ways.Take(relay, Publication(data)));

    private void Begin(long number, Guid? relay = null) => _ways.Take(relay ?? Relay, Arrival.Of(DeliveryKind.RelayBegin, Stint(number), ""));

    private void End(long number, Guid? relay = null) => _ways.Take(relay ?? Relay, Arrival.Of(DeliveryKind.RelayEnd, Stint(number), ""));

    private void Relayed(long number) => _ways.Take(Guid.Empty, Arrival.Of(DeliveryKind.Relayed, Stint(number), $"relay-{number}"));
}
