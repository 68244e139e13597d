using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Grains.Relays;
using WsCluster.Grains.Routing;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains.Relays;

public sealed class ChannelFanOutTests : IAsyncDisposable
{
    private const string Channel = "news";

    private readonly RelayingSilos _silos = new(new HotChannelOptions { Gateways = 2, QuietAfter = TimeSpan.FromSeconds(1) });
    private readonly ChannelFanOut _fanOut;
    private int _published;

    public ChannelFanOutTests() => _fanOut = new ChannelFanOut(Channel, _silos.Hot);

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task Look_Hot_SendsOncePerSiloAndNothingIsLostDoubledOrSwapped()
    {
        var gateways = Subscribe(70);
        Publish();
        Assert.Equal(70, _fanOut.Targets);

        await LookAsync();
        Publish();
        Assert.InRange(_fanOut.Targets, 70 - ChannelRelays.MovesAtATime, 69); // a step, not all at once
        await LookAsync();
        Publish();
        await LookAsync();
        Publish();

        Assert.Equal(2, _fanOut.Targets);
        await Wait.UntilAsync("all publications at all gateways", () => gateways.All(gateway => gateway.Received.Count == _published));
        Assert.All(gateways, gateway => Assert.Equal(Texts(), gateway.Received));
        Assert.Equal(35, gateways.Count(gateway => gateway.Relay!.StartsWith(_silos.Outboxes.SiloId, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Look_Quiet_GoesBackInOrder()
    {
        var gateways = Subscribe(4);
        Publish();
        await LookAsync();
        Assert.Equal(2, _fanOut.Targets);

        Publish();
        await LookAsync();
        _silos.Time.Advance(TimeSpan.FromSeconds(1)); // the timer looks
        await Wait.UntilAsync("the end of relaying", () => _fanOut.Targets == 4);
        Publish();

        await Wait.UntilAsync("all publications at all gateways", () => gateways.All(gateway => gateway.Received.Count == _published));
        Assert.All(gateways, gateway => Assert.Equal(Texts(), gateway.Received));
        await Wait.UntilAsync("the shares' end", () => _silos.SecondShares.Channels == 0);
    }

    [Fact]
    public async Task Look_RelayDoesNotAnswer_NobodyMovesToIt()
    {
        _silos.Before = () => Task.FromException(new TimeoutException());
        Subscribe(4);
        Publish();

        await LookAsync();

        Assert.Equal(1 + 2, _fanOut.Targets); // its own relay has the other two
        await LookAsync();
        Assert.Equal(1, _fanOut.Targets); // and these, too, as long as the other is avoided
    }

    [Fact]
    public async Task Relay_FallsSilent_ItsGatewaysAreToldAndGoOnWithoutIt()
    {
        var gateways = Subscribe(4);
        Publish();
        await LookAsync();
        await Wait.UntilAsync("all publications at all gateways", () => gateways.All(gateway => gateway.Received.Count == _published));
        var calls = 0;
        _silos.Before = () =>
        {
            Interlocked.Increment(ref calls);
            return new TaskCompletionSource().Task;
        };
        Publish();
        await Wait.UntilAsync("a batch under way", () => Volatile.Read(ref calls) > 0);

        _silos.Time.Advance(RelayOutboxes.RelayLease);

        await Wait.UntilAsync("two gateways told to subscribe again", () => gateways.Count(gateway => gateway.Moves > 0) == 2);
        foreach (var gateway in gateways.Where(gateway => gateway.Moves > 0))
        {
            Subscribe(gateway); // nobody waits for the other relay: straight, or later by the one that answers, it goes on
        }

        Publish();
        await Wait.UntilAsync("the newest publication at all gateways", () => gateways.All(gateway => gateway.Received[^1] == Text(_published)));
    }

    [Fact]
    public async Task Relay_ForgotItsSource_IsGivenUp()
    {
        var gateways = Subscribe(4);
        Publish();
        await LookAsync();
        await Wait.UntilAsync("a share at the other silo", () => _silos.SecondShares.Channels == 1);

        _silos.SecondShares.Dispose(); // forgets everything
        Publish();

        await Wait.UntilAsync("two gateways told to subscribe again", () => gateways.Count(gateway => gateway.Moves > 0) == 2);
    }

    [Fact]
    public async Task Set_AtARelay_IsServedStraightAndRests()
    {
        var gateways = Subscribe(4);
        Publish();
        await LookAsync();
        Assert.Equal(2, _fanOut.Targets);

        Subscribe(gateways[0]);
        Publish();
        await LookAsync();

        Assert.Equal(3, _fanOut.Targets);
        await Wait.UntilAsync("all publications at all gateways", () => gateways.All(gateway => gateway.Received.Count == _published));
        Assert.All(gateways, gateway => Assert.Equal(Texts(), gateway.Received));
    }

    [Fact]
    public async Task Set_DoesNotFollowRelays_StaysStraight()
    {
        var old = new Gateway("old");
        _fanOut.Set(old.Lane, _silos.Outboxes.Attach(old.Lane, new OutboxOwner((_, _) => Task.CompletedTask)), followsRelays: false);
        Subscribe(2);
        Publish();

        await LookAsync();
        Publish();

        Assert.Equal(1 + 2, _fanOut.Targets);
        await Wait.UntilAsync("all publications", () => old.Received.Count == _published);
        Assert.Null(old.Relay);
    }

    [Fact]
    public async Task Remove_LastOfARelay_EndsItsShare()
    {
        var gateways = Subscribe(2);
        Publish();
        await LookAsync();
        await Wait.UntilAsync("a share at the other silo", () => _silos.SecondShares.Channels == 1);

        gateways.ForEach(gateway => _fanOut.Remove(gateway.Lane.GatewayId));

        Assert.Equal(0, _fanOut.Targets);
        await Wait.UntilAsync("the share's end", () => _silos.SecondShares.Channels == 0);
    }

    [Fact]
    public async Task Retire_RelaysHoldSomething_EndsWhenItHasArrived()
    {
        var gateways = Subscribe(4);
        Publish();
        await LookAsync();
        Assert.Equal(2, _fanOut.Targets);
        var held = new TaskCompletionSource();
        _silos.Before = () => held.Task;
        Publish();

        var retiring = _silos.Hot.RetireAsync();
        Publish();
        Assert.Equal(4, _fanOut.Targets);
        await Wait.UntilAsync("what the silo's own relay has", () => gateways.Count(gateway => gateway.Received.Count == _published) == 2);
        Assert.False(retiring.IsCompleted);
        held.SetResult();
        await retiring.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.All(gateways, gateway => Assert.True(gateway.Received.Count >= _published - 1)); // the last one went straight
        await Wait.UntilAsync("all publications at all gateways", () => gateways.All(gateway => gateway.Received.Count == _published));
        Assert.All(gateways, gateway => Assert.Equal(Texts(), gateway.Received));
        await LookAsync();
        Assert.Equal(4, _fanOut.Targets); // nobody moves to relays any more
    }

    [Fact]
    public async Task Retire_RelayOfAnOlderVersion_IsNotWaitedFor()
    {
        _silos.IsOlder = true;
        var gateways = Subscribe(4);
        Publish();
        await LookAsync();
        Publish();

        await _silos.Hot.RetireAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await Wait.UntilAsync("all publications at all gateways", () => gateways.All(gateway => gateway.Received.Count == _published));
    }

    [Fact]
    public async Task Retirement_RelayNeverAnswers_EndsAllTheSame()
    {
        Subscribe(4);
        Publish();
        await LookAsync();
        _silos.Before = () => new TaskCompletionSource().Task;
        Publish();

        var emptying = new RelayRetirement(_silos.Hot, _silos.Time, NullLogger<RelayRetirement>.Instance).EmptyAsync();
        Assert.False(emptying.IsCompleted);
        _silos.Time.Advance(TimeSpan.FromSeconds(2));

        await emptying.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Leave_OfARelay_ChannelsGoOnWithoutItAndLoseNothing()
    {
        var gateways = Subscribe(4);
        Publish();
        await LookAsync();
        Publish();
        Assert.Equal(2, _fanOut.Targets);

        await _silos.Hot.LeaveAsync(_silos.SecondSiloId).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(1 + 2, _fanOut.Targets);
        await Wait.UntilAsync("the other silo's end", () => _silos.SecondShares.Channels == 0);
        await LookAsync();
        Assert.Equal(1, _fanOut.Targets); // those two take the relay that is left
        await Wait.UntilAsync("all publications at all gateways", () => gateways.All(gateway => gateway.Received.Count == _published));
        Assert.All(gateways, gateway => Assert.Equal(Texts(), gateway.Received));
        Assert.All(gateways, gateway => Assert.Equal(0, gateway.Moves));
    }

    /// <summary>A second passes with something published, which is what the channel's looks go by.</summary>
    private async Task LookAsync()
    {
        Publish();
        _silos.Time.Advance(TimeSpan.FromMilliseconds(10));
        await _fanOut.LookAsync();
    }

    private List<Gateway> Subscribe(int count)
    {
        var gateways = Enumerable.Range(1, count).Select(number => new Gateway($"gateway-{number}")).ToList();
        gateways.ForEach(Subscribe);
        return gateways;
    }

    private void Subscribe(Gateway gateway) =>
        gateway.Attached(_fanOut.Set(gateway.Lane, _silos.Outboxes.Attach(gateway.Lane, new OutboxOwner((_, _) => Task.CompletedTask)), followsRelays: true));

    private void Publish()
    {
        var entry = new ArrayBufferWriter<byte>();
        DeliveryWriter.WritePublication(entry, Channel, "", new Publication { Offset = 0, Data = Encoding.UTF8.GetBytes(Text(++_published)) });
        _fanOut.Deliver(entry.WrittenSpan, trace: null);
    }

    private IEnumerable<string> Texts() => Enumerable.Range(1, _published).Select(Text);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Takes batches and puts both ways in order, as a gateway does.</summary>
    private sealed class Gateway : IGatewayObserver
    {
        private readonly Lock _sync = new();
        private readonly List<string> _received = [];
        private readonly DeliveryWays _ways;

        public Gateway(string id)
        {
            Lane = new GatewayLane { GatewayId = id, Incarnation = 1, Lane = 0, Observer = this };
            _ways = new DeliveryWays(arrival => _received.Add(Encoding.UTF8.GetString(arrival.Publication!.Data)), (relay, _) => Relay = relay, TestMetrics.Gateway());
        }

        public GatewayLane Lane { get; }

        public string? Relay { get; private set; }

        public int Moves { get; private set; }

        public IReadOnlyList<string> Received
        {
            get
            {
                lock (_sync)
                {
                    return [.. _received];
                }
            }
        }

        public void Attached(RelayStint stint)
        {
            lock (_sync)
            {
                _ways.Restart(stint);
            }
        }

        public Task DeliverAsync(DeliveryBatch batch)
        {
            lock (_sync)
            {
                var reader = new DeliveryReader(batch.Entries);
                while (reader.MoveNext())
                {
                    if (reader.Kind == DeliveryKind.Moved)
                    {
                        Moves++;
                        continue;
                    }

                    _ways.Take(batch.Relayed ? batch.OutboxId : Guid.Empty, reader.Kind == DeliveryKind.Publication
                        ? Arrival.Of("", reader.ReadPublication(out _))
                        : Arrival.Of(reader.Kind, reader.ReadStint(out var relay), relay));
                }
            }

            return Task.CompletedTask;
        }
    }
}
