using System.Text;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

/// <summary>What gateways see when a silo goes. Each test has silos of its own.</summary>
public sealed class SiloChangeTests : IAsyncLifetime
{
    private readonly SiloCluster _cluster = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task KilledSilo_SubscribingAgain_FindsTheChannelWithANewEpoch()
    {
        var gateway = _cluster.AddGateway();
        var (channel, before) = await SubscribeOnSecondSiloAsync(gateway);
        await PublishAsync(channel, "before");
        await Wait.UntilAsync("the first publication", () => gateway.Published(channel).Count == 1);

        await _cluster.Cluster.KillSiloAsync(_cluster.SiloOf(before.SiloId), TestContext.Current.CancellationToken);
        var after = await Wait.ForAsync("a subscription on the other silo", () => gateway.SubscribeAsync(channel, Member("a") with { Reported = true }));
        await Wait.ForAsync("a publish", () => PublishAsync(channel, "after"));

        Assert.NotEqual(before.SiloId, after.SiloId);
        Assert.NotEqual(before.Top.Epoch, after.Top.Epoch);
        Assert.Equal(0UL, after.Top.Offset);
        await Wait.UntilAsync("the second publication", () => gateway.Published(channel).Contains("after"));
        Assert.Equal(after.Top.Epoch, gateway.Delivered[^1].Epoch);
        Assert.Empty(gateway.Announced(channel));
    }

    [Fact]
    public async Task DeactivatedChannelsAndUsers_TellTheirGatewaysThatTheyMove()
    {
        var gateway = _cluster.AddGateway();
        var channel = $"channel-{Guid.NewGuid():N}";
        var user = $"user-{Guid.NewGuid():N}";
        var before = await gateway.SubscribeAsync(channel);
        await gateway.ConnectAsync(user, "c");

        await _cluster.Cluster.DeactivateAsync(_cluster.Client.GetGrain<IChannelGrain>(channel));
        await _cluster.Cluster.DeactivateAsync(_cluster.Client.GetGrain<IUserGrain>(user));

        await Wait.UntilAsync("the channel's move", () => gateway.Delivered.Any(entry => entry.Kind == DeliveryKind.Moved && entry.Key == channel));
        await Wait.UntilAsync("the user's move", () => gateway.Delivered.Any(entry => entry.Kind == DeliveryKind.UserMoved && entry.Key == user));
        Assert.NotEqual(before.Top.Epoch, (await gateway.SubscribeAsync(channel)).Top.Epoch);
    }

    [Fact]
    public async Task StoppedSilo_SaysGoodbyeAndItsChannelsAreFoundElsewhere()
    {
        var gateway = _cluster.AddGateway();
        var (channel, before) = await SubscribeOnSecondSiloAsync(gateway);

        var stop = _cluster.Cluster.StopSiloAsync(_cluster.SiloOf(before.SiloId), TestContext.Current.CancellationToken);

        await Wait.UntilAsync("the silo's goodbye", () => gateway.StoppingSilos.Contains(before.SiloId));
        await Wait.UntilAsync("the channel on the other silo", async () => (await gateway.SubscribeAsync(channel)).SiloId != before.SiloId);
        await stop;
    }

    [Fact]
    public async Task Channel_WithGateways_IsNotCollectedAndAnIdleOneIs()
    {
        var gateway = _cluster.AddGateway();
        var used = $"live:{Guid.NewGuid():N}";
        var idle = $"live:{Guid.NewGuid():N}";
        await gateway.SubscribeAsync(used);
        await PublishAsync(idle, "1");
        Assert.True(IsActive(idle));

        await Wait.UntilAsync("the idle channel's collection", () => IsCollectedAsync(idle));
        Assert.True(IsActive(used));

        await gateway.UnsubscribeAsync(used);
        await Wait.UntilAsync("the left channel's collection", () => IsCollectedAsync(used));

        bool IsActive(string channel) =>
            _cluster.Cluster.TryGetGrainContext(_cluster.Client.GetGrain<IChannelGrain>(channel).GetGrainId(), out _);

        async Task<bool> IsCollectedAsync(string channel)
        {
            await _cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
            return !IsActive(channel);
        }
    }

    private async Task<(string Channel, ChannelAttachment Attachment)> SubscribeOnSecondSiloAsync(TestGateway gateway)
    {
        var second = _cluster.Cluster.Silos[1].SiloAddress.ToParsableString();
        while (true)
        {
            var channel = $"channel-{Guid.NewGuid():N}";
            var attachment = await gateway.SubscribeAsync(channel);
            if (attachment.SiloId == second)
            {
                return (channel, attachment);
            }
        }
    }

    private Task<StreamPosition> PublishAsync(string channel, string text) =>
        _cluster.Client.GetGrain<IChannelGrain>(channel).PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(text) });

    private static PresenceMember Member(string client) =>
        new() { Info = new ClientInfo { Client = client, User = "u" }, Presence = true, JoinLeave = true };
}
