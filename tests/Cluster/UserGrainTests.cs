using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using WsCluster.Routing;

namespace WsCluster.Tests.Cluster;

[Collection(nameof(SharedCluster))]
public sealed class UserGrainTests(SiloCluster cluster)
{
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    private IUserGrain User => cluster.Client.GetGrain<IUserGrain>(_user);

    [Fact]
    public async Task Connect_AboveTheLimitAcrossGateways_IsRefused()
    {
        var (first, second) = (cluster.AddGateway(), cluster.AddGateway());

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? first : second).ConnectAsync(_user, $"c{i}")));

        Assert.Equal(3, answers.Count(answer => answer.Admitted));
        Assert.Equal(3, (await User.GetSessionsAsync()).Count);
    }

    [Fact]
    public async Task Disconnect_MakesRoom()
    {
        var gateway = cluster.AddGateway();
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await gateway.ConnectAsync(_user, $"c{i}")).Admitted);
        }

        Assert.False((await gateway.ConnectAsync(_user, "more")).Admitted);
        await cluster.Client.GetGrain<IUserRouting>(_user).DisconnectAsync("c1", gateway.Id);

        Assert.True((await gateway.ConnectAsync(_user, "more")).Admitted);
        Assert.Equal(["c0", "c2", "more"], (await User.GetSessionsAsync()).Select(session => session.Client).Order());
    }

    [Fact]
    public async Task Execute_ReachesEachGatewayWithSessionsOnceAndInOrder()
    {
        var (first, second, stranger) = (cluster.AddGateway(), cluster.AddGateway(), cluster.AddGateway());
        await first.ConnectAsync(_user, "a");
        await first.ConnectAsync(_user, "b");
        await second.ConnectAsync(_user, "c");
        await stranger.ConnectAsync($"{_user}-other", "d");

        await User.ExecuteAsync(new SendToUser { Data = [1] });
        await User.ExecuteAsync(new UnsubscribeUser { Channel = "x", Client = "a" });

        foreach (var gateway in new[] { first, second })
        {
            await Wait.UntilAsync("both commands", () => gateway.Delivered.Count == 2);
            Assert.All(gateway.Delivered, entry => Assert.Equal((DeliveryKind.UserCommand, _user), (entry.Kind, entry.Key)));
            Assert.Equal([1], Assert.IsType<SendToUser>(Read(gateway.Delivered[0])).Data);
            Assert.Equal("a", Assert.IsType<UnsubscribeUser>(Read(gateway.Delivered[1])).Client);
        }

        Assert.Empty(stranger.Delivered);
    }

    [Fact]
    public async Task LostGateway_ItsSessionsEnd()
    {
        var (lost, staying) = (cluster.AddGateway(), cluster.AddGateway());
        await lost.ConnectAsync(_user, "a");
        await staying.ConnectAsync(_user, "b");

        lost.Hangs = true;

        await Wait.UntilAsync("the session's end", async () => (await User.GetSessionsAsync()).Count == 1);
        Assert.Equal("b", Assert.Single(await User.GetSessionsAsync()).Client);
    }

    [Fact]
    public async Task NewerIncarnation_EndsTheOldersSessions()
    {
        var older = cluster.AddGateway();
        await older.ConnectAsync(_user, "a");

        await cluster.AddGateway(older.Id, 2).ConnectAsync(_user, "b");

        Assert.Equal("b", Assert.Single(await User.GetSessionsAsync()).Client);
    }

    [Fact]
    public async Task Restore_IsNeverRefusedAndReplacesTheGatewaysSessions()
    {
        var gateway = cluster.AddGateway();
        await gateway.ConnectAsync(_user, "old");

        var answer = await cluster.Client.GetGrain<IUserRouting>(_user).RestoreAsync(
            [.. Enumerable.Range(0, 5).Select(i => gateway.Session($"c{i}"))], gateway.Lane);

        Assert.True(answer.Admitted);
        Assert.Equal(5, (await User.GetSessionsAsync()).Count);
        Assert.False((await gateway.ConnectAsync(_user, "more")).Admitted);
    }

    [Fact]
    public async Task Status_FollowsTheLastConnectionAlsoWhenItsGatewayIsLost()
    {
        Assert.Equal(new UserStatus { Connections = 0, LastSeenAt = null }, await User.GetStatusAsync());
        var gateway = cluster.AddGateway();
        await gateway.ConnectAsync(_user, "a");
        var online = await User.GetStatusAsync();
        Assert.True(online is { IsOnline: true, Connections: 1, LastSeenAt: not null });

        gateway.Hangs = true;
        await User.ExecuteAsync(new SendToUser { Data = [1] });

        await Wait.UntilAsync("the user is gone", async () => !(await User.GetStatusAsync()).IsOnline);
        Assert.True((await User.GetStatusAsync()).LastSeenAt >= online.LastSeenAt);
    }

    private UserCommand Read(Delivered entry) =>
        cluster.Client.ServiceProvider.GetRequiredService<Serializer>().Deserialize<UserCommand>(entry.Body)!;
}
