using System.Text;
using WsCluster.Grains.Hosting;
using WsCluster.Routing;
using WsCluster.Tests.Cluster.History;

namespace WsCluster.Tests.Cluster.Users;

/// <summary>Users' code and inboxes on two silos and a real Redis: state, cursor and reminder outlive silos.</summary>
public sealed class UserBehaviorTests : IAsyncLifetime
{
    private readonly SiloCluster _cluster = new() { Redis = new RedisServer { AppendFsync = "always" } };
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        _cluster.MoreSettings["WsCluster:Behaviors:Timeout"] = "00:00:01";
        _cluster.MoreSettings["WsCluster:Inbox:Enabled"] = "true";
        _cluster.MoreSettings["WsCluster:Inbox:UnreadAfter"] = "00:00:05";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:inbox:HistorySize"] = "100";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:inbox:HistoryTtl"] = "01:00:00";
        _cluster.MoreSettings["WsCluster:Channels:Namespaces:inbox:Durability"] = "Redis";
        _cluster.MoreServices = services => services.AddUserBehavior<MailingUser>();
        await _cluster.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task KilledSilos_StateCursorAndReminderGoOn()
    {
        // The decision, with a state that the user's next activation goes on with.
        var gateway = _cluster.AddGateway();
        var first = await ConnectAsync(gateway, "a");
        Assert.True(first.Admitted);
        Assert.Equal("1", Encoding.UTF8.GetString(first.Decision!.Data!));
        Assert.Equal(0UL, first.Inbox!.Unread);

        // Messages for a user who reads some of them.
        for (var i = 1; i <= 3; i++)
        {
            await SendAsync($"m{i}");
        }

        Assert.Equal(3UL, (await User.GetInboxAsync()).Unread);
        Assert.Equal(2UL, (await User.MarkInboxReadAsync(1)).Unread);
        await Wait.UntilAsync("the devices to be told", () => gateway.Delivered.Any(
            entry => entry.Kind == DeliveryKind.UserCommand && Encoding.UTF8.GetString(entry.Body).Contains("\"unread\":2", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<WsClusterException>(() => SendAsync(new string('x', 20_000)));

        // The silo that the user is on dies with the reminder set.
        await _cluster.Cluster.KillSiloAsync(_cluster.SiloOf(first.SiloId), TestContext.Current.CancellationToken);
        await Wait.ForAsync("a message after the kill", () => SendAsync("m4"));

        await Wait.UntilAsync("the mail", () => MailsOf(_user).Length > 0);
        Assert.StartsWith("m2,m3", MailsOf(_user)[0].Text, StringComparison.Ordinal);
        await Wait.UntilAsync("all to be mailed", () => string.Join(',', MailsOf(_user).Select(mail => mail.Text)) == "m2,m3,m4");
        Assert.Equal(3UL, (await User.GetInboxAsync()).Unread);

        // The same user on the other silo: it was here once, and once more makes two.
        Assert.Equal("2", Encoding.UTF8.GetString((await Wait.ForAsync("the other silo", () => ConnectAsync(gateway, "b"))).Decision!.Data!));
        await ConnectAsync(gateway, "c");
        var refused = await ConnectAsync(gateway, "d");
        Assert.Equal((false, 4403), (refused.Admitted, refused.Decision!.Denial!.Code));
    }

    [Fact]
    public async Task HangingConnect_HurtsOnlyThatUser()
    {
        var gateway = _cluster.AddGateway();

        var hanging = Assert.ThrowsAsync<WsClusterException>(() => ConnectAsync(gateway, "a", data: "hang"));
        var other = await _cluster.Client.GetGrain<IUserRouting>($"{_user}-other").ConnectAsync(Session(gateway, "b", ""), gateway.Lane);

        Assert.True(other.Admitted);
        Assert.True((await hanging).IsTemporary);
        Assert.Equal("1", Encoding.UTF8.GetString((await ConnectAsync(gateway, "c")).Decision!.Data!));
    }

    private IUserGrain User => _cluster.Client.GetGrain<IUserGrain>(_user);

    private static (string User, int Mails, string Text)[] MailsOf(string user) => [.. MailingUser.Sent.Where(mail => mail.User == user)];

    private Task<SessionAdmission> ConnectAsync(TestGateway gateway, string client, string data = "") =>
        _cluster.Client.GetGrain<IUserRouting>(_user).ConnectAsync(Session(gateway, client, data), gateway.Lane);

    private UserSession Session(TestGateway gateway, string client, string data) => gateway.Session(client) with
    {
        Attempt = new ConnectAttempt { Caller = new Caller { Info = new ClientInfo { User = _user, Client = client } }, Data = Encoding.UTF8.GetBytes(data) },
    };

    private Task<StreamPosition> SendAsync(string text) =>
        _cluster.Client.GetGrain<IChannelGrain>(InboxChannel.Of(_user)).PublishAsync(new PublishRequest { Data = Encoding.UTF8.GetBytes(text), IdempotencyKey = text[..2] });
}
