using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using WsCluster.Gateway.Hosting;
using WsCluster.Gateway.Routing;
using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;
using WsCluster.Tests.Unit.Receive;
using WsCluster.Tests.Unit.Routing;

namespace WsCluster.Tests.Unit.Subscriptions;

public sealed class ChannelWayTests
{
    private static readonly GatewaySubscription Subscription = new()
    {
        Lane = new GatewayLane { GatewayId = "g", Incarnation = 1, Lane = 0, Observer = null! },
        Number = 1,
    };

    private readonly FakeTimeProvider _time = new();
    private readonly FakeEntrances _fake = new();
    private readonly FakeChannel _channel = new("news");
    private readonly SiloEntrances _entrances;
    private readonly ChannelWay _way;

    public ChannelWayTests()
    {
        _entrances = new SiloEntrances(_fake.Factory, _time);
        _way = new ChannelWay("news", _channel, _entrances, new GatewayOptions(), _time);
    }

    [Fact]
    public async Task Call_Answered_TakesOrleansWay()
    {
        Hear("a");
        await _way.SubscribeAsync(Subscription);

        Assert.Single(_channel.CallsOf<GatewaySubscription>());
        Assert.Empty(_fake.Calls);
    }

    [Fact]
    public async Task Call_Unanswered_EndsSoon_AndTheNextOnesTakeTheStraightWayToASiloThatIsHeard()
    {
        _channel.Before = _ => new TaskCompletionSource().Task;
        Hear("a");
        await Assert.ThrowsAsync<TimeoutException>(() => PassAsync(_way.SubscribeAsync(Subscription), seconds: 1));
        Assert.Equal("a", (await _way.SubscribeAsync(Subscription)).SiloId);
        Assert.Equal("a", (await _way.SubscribeAsync(Subscription)).SiloId);

        Assert.Equal(["a: subscribe news", "a: subscribe news"], _fake.Calls);
        Assert.Single(_channel.CallsOf<GatewaySubscription>());
    }

    [Fact]
    public async Task Call_Unanswered_TriesTheSiloOfTheChannelFirst()
    {
        Hear("a");
        Hear("b");
        Hear("silo-1"); // the channel's
        await _way.SubscribeAsync(Subscription);
        _channel.Before = _ => throw new SiloUnavailableException();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _way.SubscribeAsync(Subscription));
        await _way.SubscribeAsync(Subscription);

        Assert.Equal(["silo-1: subscribe news"], _fake.Calls);
    }

    [Fact]
    public async Task Call_FailedThereToo_TriesAnotherSilo()
    {
        _channel.Before = _ => throw new SiloUnavailableException();
        _fake.Subscribe = silo => _fake.Calls.Count == 1 ? throw new TimeoutException() : Task.FromResult(new ChannelAttachment { SiloId = silo, Top = StreamPosition.None });
        Hear("a");
        Hear("b");
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _way.SubscribeAsync(Subscription));
        await Assert.ThrowsAsync<TimeoutException>(() => _way.SubscribeAsync(Subscription));
        await _way.SubscribeAsync(Subscription);

        Assert.Equal(["a: subscribe news", "b: subscribe news"], _fake.Calls.Order());
    }

    [Fact]
    public async Task Call_AWhileLater_TakesOrleansWayAgain()
    {
        _channel.Before = _ => throw new SiloUnavailableException();
        Hear("a");
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _way.SubscribeAsync(Subscription));
        _channel.Before = _ => Task.CompletedTask;
        _time.Advance(TimeSpan.FromSeconds(31));
        await _way.SubscribeAsync(Subscription);

        Assert.Empty(_fake.Calls);
    }

    [Fact]
    public async Task Call_RefusedByTheChannel_IsNoFaultOfTheWay()
    {
        _channel.Before = _ => throw new WsClusterException(ErrorCode.Internal);
        Hear("a");
        await Assert.ThrowsAsync<WsClusterException>(() => _way.SubscribeAsync(Subscription));
        await Assert.ThrowsAsync<WsClusterException>(() => _way.SubscribeAsync(Subscription));

        Assert.Empty(_fake.Calls);
    }

    [Fact]
    public async Task Call_UnansweredAgainAndAgain_GetsMoreTime()
    {
        _channel.Before = _ => new TaskCompletionSource().Task;
        foreach (var seconds in new[] { 1, 1, 2, 3, 4, 5, 5 })
        {
            await Assert.ThrowsAsync<TimeoutException>(() => PassAsync(_way.SubscribeAsync(Subscription), seconds));
        }
    }

    /// <summary>Lets so much time pass and no less.</summary>
    private async Task PassAsync(Task call, int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await call;
    }

    private void Hear(string silo) => _entrances.Heard(
        new DeliveryBatch { SiloId = silo, OutboxId = Guid.NewGuid(), Sequence = 1, Entries = [], Entrance = FakeEntrances.IdOf(silo) }, again: false);
}
