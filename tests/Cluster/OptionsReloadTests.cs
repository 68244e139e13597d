using System.Text;

namespace WsCluster.Tests.Cluster;

/// <summary>Channels that are active follow changes of their namespace's options.</summary>
[Collection(nameof(SharedCluster))]
public sealed class OptionsReloadTests(SiloCluster cluster)
{
    [Fact]
    public async Task Options_Changed_CountInActiveChannels()
    {
        var channel = cluster.Client.GetGrain<IChannelGrain>($"tuned:{Guid.NewGuid():N}");
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(channel.GetPrimaryKeyString());
        for (var i = 0; i < 10; i++)
        {
            await PublishAsync(channel);
        }

        var before = await channel.GetHistoryAsync(new HistoryQuery { Limit = -1 });
        Assert.Equal(10, before.Publications.Count);
        Assert.Equal(ErrorCode.NotAvailable, (await Assert.ThrowsAsync<WsClusterException>(channel.GetPresenceAsync)).Code);

        cluster.Configure(
            ("WsCluster:Channels:Namespaces:tuned:HistorySize", "4"),
            ("WsCluster:Channels:Namespaces:tuned:Presence", "true"),
            ("WsCluster:Channels:Namespaces:tuned:PublicationDataFormat", "JsonObject"));

        var after = await channel.GetHistoryAsync(new HistoryQuery { Limit = -1 });
        Assert.Equal([7UL, 8, 9, 10], after.Publications.Select(publication => publication.Offset));
        Assert.Equal(before.Top, after.Top); // the stream goes on
        Assert.Empty(await channel.GetPresenceAsync());
        Assert.Equal(ErrorCode.BadRequest, (await Assert.ThrowsAsync<WsClusterException>(() => PublishAsync(channel))).Code); // no object
        Assert.Equal(11UL, (await PublishAsync(channel, "{}")).Offset);
    }

    [Fact]
    public async Task History_SwitchedOn_BeginsWithTheNextActivation()
    {
        var channel = cluster.Client.GetGrain<IChannelGrain>($"switched:{Guid.NewGuid():N}");
        var gateway = cluster.AddGateway();
        await gateway.SubscribeAsync(channel.GetPrimaryKeyString());
        Assert.True((await PublishAsync(channel)).IsNone);

        cluster.Configure(
            ("WsCluster:Channels:Namespaces:switched:HistorySize", "10"),
            ("WsCluster:Channels:Namespaces:switched:HistoryTtl", "00:05:00"));

        await Wait.UntilAsync("a publication that is kept", async () => !(await PublishAsync(channel)).IsNone);
        Assert.NotEmpty((await channel.GetHistoryAsync(new HistoryQuery { Limit = -1 })).Publications);
    }

    private static Task<StreamPosition> PublishAsync(IChannelGrain channel, string data = "1") =>
        channel.PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(data) });
}
