using WsCluster.Routing;
using WsCluster.Tests.Simulation.World;

namespace WsCluster.Tests.Simulation;

/// <summary>Words of a gateway about its members that overtake each other: found by schedules, pinned here.</summary>
public sealed class PresenceOrderTests : IDisposable
{
    private readonly SimulatedCluster _world = new(seed: 1, new Tampering(), traces: false);
    private readonly ChannelActivation _channel;

    public PresenceOrderTests()
    {
        _world.Members.Start();
        _channel = _world.Members.Reach("news")!;
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Subscribe_OvertakenByALeave_BringsNobodyBack()
    {
        await SubscribeAsync(number: 1, "a", "b");
        await UpdateAsync(number: 3, Change("a", joined: false));

        Assert.True((await SubscribeAsync(number: 2, "a", "b")).MembersOutdated);

        Assert.Equal(["b"], await PresentAsync());
        Assert.False((await SubscribeAsync(number: 4, "b")).MembersOutdated);
    }

    [Fact]
    public async Task Update_OvertakenByASubscription_ChangesNothing()
    {
        await SubscribeAsync(number: 1, "a");
        await SubscribeAsync(number: 3, "a", "b");

        Assert.True(await UpdateAsync(number: 2, Change("b", joined: false)));

        Assert.Equal(["a", "b"], await PresentAsync());
    }

    [Fact]
    public async Task Update_Repeated_IsTakenAgain()
    {
        await SubscribeAsync(number: 1);
        await UpdateAsync(number: 2, Change("a", joined: true));

        Assert.True(await UpdateAsync(number: 2, Change("a", joined: true)));

        Assert.Equal(["a"], await PresentAsync());
    }

    [Fact]
    public async Task Update_WithoutNumber_IsTaken()
    {
        await SubscribeAsync(number: 5, "a");

        Assert.True(await UpdateAsync(number: 0, Change("a", joined: false)));

        Assert.Empty(await PresentAsync());
    }

    [Fact]
    public async Task Subscribe_OfANewIncarnation_StartsAnew()
    {
        await SubscribeAsync(number: 9, "a");

        var attachment = await _channel.Grain.SubscribeAsync(new GatewaySubscription { Lane = Lane(2), Number = 3, Members = [Member("b")] });

        Assert.False(attachment.MembersOutdated);
        Assert.Equal(["b"], await PresentAsync());
    }

    private Task<ChannelAttachment> SubscribeAsync(long number, params string[] members) => _channel.Grain.SubscribeAsync(
        new GatewaySubscription { Lane = Lane(1), Number = number, Members = [.. members.Select(Member)] });

    private Task<bool> UpdateAsync(long number, PresenceChange change) => _channel.Grain.UpdatePresenceAsync(
        new PresenceUpdate { GatewayId = "g", Incarnation = 1, Changes = [change], Number = number });

    private async Task<IEnumerable<string>> PresentAsync() => (await _channel.Grain.GetPresenceAsync()).Keys.Order();

    private static GatewayLane Lane(long incarnation) => new() { GatewayId = "g", Incarnation = incarnation, Lane = 0, Observer = new Deaf() };

    private static PresenceMember Member(string client) =>
        new() { Info = new ClientInfo { Client = client, User = "u" }, Presence = true, JoinLeave = true };

    private static PresenceChange Change(string client, bool joined) => new(Member(client), joined);

    private sealed class Deaf : IGatewayObserver
    {
        public Task DeliverAsync(DeliveryBatch batch) => Task.CompletedTask;
    }
}
