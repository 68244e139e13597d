using System.Text;
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
    public async Task StoppedSilo_TellsItsGatewaysThatChannelsAndUsersMove()
    {
        var gateway = _cluster.AddGateway();
        var (channel, attachment) = await SubscribeOnSecondSiloAsync(gateway);
        var user = await ConnectOnSecondSiloAsync(gateway);

        await _cluster.Cluster.StopSiloAsync(_cluster.SiloOf(attachment.SiloId), TestContext.Current.CancellationToken);

        await Wait.UntilAsync("the channel's move", () => gateway.Delivered.Any(entry => entry.Kind == DeliveryKind.Moved && entry.Key == channel));
        await Wait.UntilAsync("the user's move", () => gateway.Delivered.Any(entry => entry.Kind == DeliveryKind.UserMoved && entry.Key == user));
        var after = await Wait.ForAsync("a subscription on the other silo", () => gateway.SubscribeAsync(channel));
        Assert.NotEqual(attachment.SiloId, after.SiloId);
    }

    [Fact]
    public async Task Channel_WithGateways_IsNotCollectedAndAnIdleOneIs()
    {
        var gateway = _cluster.AddGateway();
        var used = $"live:{Guid.NewGuid():N}";
        var idle = $"live:{Guid.NewGuid():N}";
        await gateway.SubscribeAsync(used);
        await PublishAsync(idle, "1");
        var management = _cluster.Client.GetGrain<Orleans.Runtime.IManagementGrain>(0);
        Assert.NotNull(await AddressOfAsync(idle));

        await Wait.UntilAsync("the idle channel's collection", async () =>
        {
            await management.ForceActivationCollection(TimeSpan.Zero);
            return await AddressOfAsync(idle) is null;
        });
        Assert.NotNull(await AddressOfAsync(used));

        await gateway.UnsubscribeAsync(used);
        await Wait.UntilAsync("the left channel's collection", async () =>
        {
            await management.ForceActivationCollection(TimeSpan.Zero);
            return await AddressOfAsync(used) is null;
        });

        async Task<Orleans.Runtime.SiloAddress?> AddressOfAsync(string channel) =>
            await management.GetActivationAddress(_cluster.Client.GetGrain<IChannelGrain>(channel));
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

    private async Task<string> ConnectOnSecondSiloAsync(TestGateway gateway)
    {
        var second = _cluster.Cluster.Silos[1].SiloAddress.ToParsableString();
        while (true)
        {
            var user = $"user-{Guid.NewGuid():N}";
            if ((await gateway.ConnectAsync(user, $"{user}-c")).SiloId == second)
            {
                return user;
            }
        }
    }

    private Task<StreamPosition> PublishAsync(string channel, string text) =>
        _cluster.Client.GetGrain<IChannelGrain>(channel).PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(text) });

    private static PresenceMember Member(string client) =>
        new() { Info = new ClientInfo { Client = client, User = "u" }, Presence = true, JoinLeave = true };
}
