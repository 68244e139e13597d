using System.Text;
using WsCluster.Grains.Hosting;

namespace WsCluster.Tests.Cluster.Users;

/// <summary>Users' code without Redis, as in embedded mode: inbox, cursor and reminder are in memory.</summary>
public sealed class UserInMemoryTests
{
    [Fact]
    public async Task UnreadMessages_AreMailedOnceAndNotWhenRead()
    {
        await using var cluster = new SiloCluster();
        cluster.MoreSettings["WsCluster:Inbox:Enabled"] = "true";
        cluster.MoreSettings["WsCluster:Inbox:UnreadAfter"] = "00:00:03";
        cluster.MoreSettings["WsCluster:Channels:Namespaces:inbox:HistorySize"] = "10";
        cluster.MoreSettings["WsCluster:Channels:Namespaces:inbox:HistoryTtl"] = "01:00:00";
        cluster.MoreServices = services => services.AddUserBehavior<MailingUser>();
        await cluster.InitializeAsync();
        var (reader, sleeper) = ($"reader-{Guid.NewGuid():N}", $"sleeper-{Guid.NewGuid():N}");

        await SendAsync(cluster, reader, "r1");
        Assert.Equal(0UL, (await cluster.Client.GetGrain<IUserGrain>(reader).MarkInboxReadAsync(1)).Unread);
        await SendAsync(cluster, sleeper, "s1");
        await SendAsync(cluster, sleeper, "s2");
        await Wait.UntilAsync("the mail", () => TextOf(sleeper).EndsWith("s2", StringComparison.Ordinal));
        await SendAsync(cluster, sleeper, "s3");

        await Wait.UntilAsync("the mail of what came later", () => TextOf(sleeper) == "s1,s2,s3");
        Assert.Equal("", TextOf(reader));
        Assert.Equal(3UL, (await cluster.Client.GetGrain<IUserGrain>(sleeper).GetInboxAsync()).Unread);
    }

    private static string TextOf(string user) => string.Join(',', MailingUser.Sent.Where(mail => mail.User == user).Select(mail => mail.Text));

    private static Task<StreamPosition> SendAsync(SiloCluster cluster, string user, string text) =>
        cluster.Client.GetGrain<IChannelGrain>(InboxChannel.Of(user)).PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(text) });
}
