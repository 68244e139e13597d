using System.Buffers;
using Orleans.Runtime;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>A user's connections on a gateway and what ties them to the user's grain.</summary>
public sealed class UserTieTests : IDisposable
{
    private readonly ReceivingGateway _gateway = new();

    private FakeUserGrain User => _gateway.User;

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Register_TellsTheGrain()
    {
        var client = await ConnectAsync();

        Assert.Equal([client.Connection.Id], User.SessionIds);
        Assert.Equal("gateway", User.CallsOf<UserSession>().Single().GatewayId);
        Assert.True(_gateway.Silos.IsKnown("silo-1", 0));
    }

    [Fact]
    public async Task Register_OverTheLimit_IsRefusedAndForgotten()
    {
        User.MaxConnections = 1;
        await ConnectAsync();
        var second = _gateway.Connect();

        Assert.False((await _gateway.Users.RegisterAsync(second.Connection, second.Connection.Identity!, null)).Admitted);

        Assert.Single(_gateway.Users.Find("u")!.Connections);
    }

    [Fact]
    public async Task Register_CallFails_IsRepeated()
    {
        User.Before = _ => User.CallsOf<UserSession>().Count < 3 ? throw new TimeoutException() : Task.CompletedTask;

        var connecting = ConnectAsync();
        await _gateway.AdvanceUntilAsync("the registration", () => connecting.IsCompleted);

        Assert.Equal([(await connecting).Connection.Id], User.SessionIds);
    }

    [Fact]
    public async Task Register_ClusterAway_ReportsTheConnectionGoneAndThrows()
    {
        User.Before = call => call is UserSession ? throw new TimeoutException() : Task.CompletedTask;
        var client = _gateway.Connect();
        var connecting = _gateway.Users.RegisterAsync(client.Connection, client.Connection.Identity!, null);

        await _gateway.AdvanceUntilAsync("the deadline", () => connecting.IsCompleted);

        await Assert.ThrowsAsync<TimeoutException>(() => connecting);
        Assert.Null(_gateway.Users.Find("u"));
        await Wait.UntilAsync("the report", () => User.CallsOf<string>().SequenceEqual([client.Connection.Id]));
    }

    [Fact]
    public async Task Unregister_TellsTheGrainAndForgetsTheUser()
    {
        var client = await ConnectAsync();

        _gateway.Users.Unregister(client.Connection.Id, "u");

        await Wait.UntilAsync("the report", () => User.SessionIds.Length == 0);
        Assert.Equal(0, _gateway.Users.Count);
        Assert.False(_gateway.Silos.IsKnown("silo-1", 0));
    }

    [Fact]
    public async Task SiloLost_RestoresAllConnectionsUntilItSucceeds()
    {
        string[] ids = [(await ConnectAsync()).Connection.Id, (await ConnectAsync()).Connection.Id];
        User.Sessions.Clear();
        User.SiloId = "silo-2";
        User.Before = _ => User.CallsOf<IReadOnlyList<UserSession>>().Count < 3 ? throw new OrleansException("busy") : Task.CompletedTask;

        _gateway.Silos.Rebind("silo-1", 0);
        await _gateway.AdvanceUntilAsync("the new silo", () => _gateway.Silos.IsKnown("silo-2", 0));

        Assert.Equal(ids.Order(), User.SessionIds);
        Assert.False(_gateway.Silos.IsKnown("silo-1", 0));
    }

    [Fact]
    public async Task UserMoved_RestoresTheConnections()
    {
        var client = await ConnectAsync();
        User.Sessions.Clear();
        User.SiloId = "silo-2";

        await DeliverAsync(DeliveryKind.UserMoved, []);

        await Wait.UntilAsync("the new silo", () => _gateway.Silos.IsKnown("silo-2", 0));
        Assert.Equal([client.Connection.Id], User.SessionIds);
    }

    [Fact]
    public async Task Unregister_WhileRestoring_LeavesNoGhost()
    {
        var (staying, going) = (await ConnectAsync(), await ConnectAsync());
        var late = new TaskCompletionSource();
        User.Before = call => call is IReadOnlyList<UserSession> ? late.Task : Task.CompletedTask;
        _gateway.Silos.Rebind("silo-1", 0);
        await Wait.UntilAsync("the restore", () => User.CallsOf<IReadOnlyList<UserSession>>().Count == 1);

        _gateway.Users.Unregister(going.Connection.Id, "u");
        late.SetResult(); // only now the grain learns of both, one of which is gone

        await Wait.UntilAsync("the ghost to go", () => User.SessionIds.SequenceEqual([staying.Connection.Id]));
    }

    [Fact]
    public async Task Register_Unanswered_IsAskedAgainAndTheFirstAnswerCounts()
    {
        var hung = new TaskCompletionSource();
        User.Before = call => call is UserSession && User.CallsOf<UserSession>().Count == 1 ? hung.Task : Task.CompletedTask;

        var connecting = ConnectAsync();
        await _gateway.AdvanceUntilAsync("the registration", () => connecting.IsCompleted);

        Assert.Equal([(await connecting).Connection.Id], User.SessionIds);
        Assert.Equal(2, User.CallsOf<UserSession>().Count);
    }

    [Fact]
    public async Task Register_Unanswered_AndCarriedOutAfterTheConnectionWent_LeavesNoGhost()
    {
        var hung = new TaskCompletionSource();
        User.Before = call => call is UserSession && User.CallsOf<UserSession>().Count == 1 ? hung.Task : Task.CompletedTask;
        var connecting = ConnectAsync();
        await _gateway.AdvanceUntilAsync("the registration", () => connecting.IsCompleted);
        var id = (await connecting).Connection.Id;
        _gateway.Users.Unregister(id, "u");
        await Wait.UntilAsync("the report", () => User.CallsOf<string>().Count == 1 && User.SessionIds.Length == 0);

        hung.SetResult(); // only now the first call arrives

        await Wait.UntilAsync("the second report", () => User.CallsOf<string>().SequenceEqual([id, id]));
        await Wait.UntilAsync("the ghost to go", () => User.SessionIds.Length == 0);
    }

    [Fact]
    public async Task Restore_Unanswered_AndCarriedOutAfterOthersCame_IsRepeated()
    {
        var first = await ConnectAsync();
        var hung = new TaskCompletionSource();
        User.Before = call => call is IReadOnlyList<UserSession> && User.CallsOf<IReadOnlyList<UserSession>>().Count == 1 ? hung.Task : Task.CompletedTask;
        _gateway.Silos.Rebind("silo-1", 0);
        await _gateway.AdvanceUntilAsync("a second call", () => User.CallsOf<IReadOnlyList<UserSession>>().Count == 2);
        var second = await ConnectAsync();

        hung.SetResult(); // takes the second away

        string[] both = [first.Connection.Id, second.Connection.Id];
        await Wait.UntilAsync("a third call", () => User.CallsOf<IReadOnlyList<UserSession>>().Count == 3);
        await Wait.UntilAsync("both", () => User.SessionIds.SequenceEqual(both.Order()));
    }

    [Fact]
    public async Task Command_ReachesTheUsersConnections()
    {
        var (first, second) = (await ConnectAsync(), await ConnectAsync());

        await DeliverAsync(DeliveryKind.UserCommand, Serialize(new SendToUser { Data = "\"all\""u8.ToArray() }));
        await DeliverAsync(DeliveryKind.UserCommand, Serialize(new SendToUser { Data = "\"one\""u8.ToArray(), Client = second.Connection.Id }));
        await DeliverAsync(DeliveryKind.UserCommand, Serialize(new DisconnectUser { Whitelist = [second.Connection.Id] }));

        await first.ExpectAsync("\"all\"", "close 3503");
        await second.ExpectAsync("\"all\"", "\"one\"");
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task Command_Unsubscribe_EndsTheSubscription()
    {
        var client = await ConnectAsync();
        await client.SubscribeAsync();
        await client.ExpectAsync("\"subscribe\"");

        await DeliverAsync(DeliveryKind.UserCommand, Serialize(new UnsubscribeUser { Channel = "news" }));

        await client.ExpectAsync("\"unsubscribe\":{\"code\":2000");
        _gateway.Channel().Publish("1");
        await client.ExpectNothingAsync();
    }

    private static byte[] Serialize(UserCommand command) => ReceivingGateway.Serialize(command);

    private async Task<TestClient> ConnectAsync()
    {
        var client = _gateway.Connect();
        Assert.True((await _gateway.Users.RegisterAsync(client.Connection, client.Connection.Identity!, null)).Admitted);
        return client;
    }

    private Task DeliverAsync(DeliveryKind kind, byte[] body)
    {
        var output = new ArrayBufferWriter<byte>();
        DeliveryWriter.Write(output, kind, "u", body);
        return _gateway.DeliverAsync(output.WrittenSpan.ToArray());
    }
}
