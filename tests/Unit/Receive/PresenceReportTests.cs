using WsCluster.Gateway.Subscriptions;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Receive;

/// <summary>How a gateway tells a channel's grain who comes and goes.</summary>
public sealed class PresenceReportTests : IDisposable
{
    private static readonly SubscriptionTraits Present = new() { Presence = true, EmitsJoinLeave = true };

    private readonly ReceivingGateway _gateway = new();

    private FakeChannel Channel => _gateway.Channel();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Join_IsReportedBeforeTheReply()
    {
        var client = _gateway.Connect("7");

        await client.SubscribeAsync(Present);

        var change = Assert.Single(Assert.Single(Channel.CallsOf<PresenceUpdate>()).Changes);
        Assert.True(change.Joined);
        Assert.Equal(("7", client.Connection.Id), (change.Member.Info.User, change.Member.Info.Client));
        Assert.False(change.Member.Reported);
        Assert.Equal((true, true), (change.Member.Presence, change.Member.JoinLeave));
    }

    [Fact]
    public async Task Join_NobodyMayKnow_IsNotReported()
    {
        await _gateway.Connect().SubscribeAsync();

        Assert.Empty(Channel.CallsOf<PresenceUpdate>());
    }

    [Fact]
    public async Task Changes_WhileACallIsInFlight_TravelTogetherInOrder()
    {
        var answer = new TaskCompletionSource();
        Channel.Before = call => call is PresenceUpdate ? answer.Task : Task.CompletedTask;
        var clients = Enumerable.Range(0, 4).Select(_ => _gateway.Connect()).ToArray();
        await clients[0].SubscribeAsync(); // so that each of the others reports at once
        var joining = new List<Task<ErrorCode>> { clients[1].SubscribeAsync(Present) };
        await Wait.UntilAsync("the first call", () => Channel.CallsOf<PresenceUpdate>().Count == 1);
        joining.Add(clients[2].SubscribeAsync(Present));
        joining.Add(clients[3].SubscribeAsync(Present));
        clients[3].Connection.TransportEnded();
        await Wait.UntilAsync("the clean-up", () => clients[3].Connection.SubscriptionCount == 0);

        answer.SetResult();
        await Task.WhenAll(joining);
        await _gateway.QuietAsync();

        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.Internal], joining.Select(j => j.Result));
        var updates = Channel.CallsOf<PresenceUpdate>();
        var changes = updates.Skip(1).SelectMany(u => u.Changes).Select(c => (c.Member.Info.Client, c.Joined)).ToArray();
        Assert.Equal((clients[2].Connection.Id, true), changes[0]);
        Assert.Equal((clients[3].Connection.Id, true), changes[1]);
        Assert.All(changes[2..], change => Assert.Equal((clients[3].Connection.Id, false), change));
        Assert.InRange(updates.Count, 2, 3);
        Assert.True(updates[1].Changes.Count >= 2);
    }

    [Fact]
    public async Task Join_ClientGoneWhileItWasReported_LeavesBeforeHistoryIsRead()
    {
        var reported = new TaskCompletionSource();
        Channel.Before = call => call switch
        {
            PresenceUpdate { Changes: [{ Joined: true }] } => reported.Task,
            RecoveryQuery => new TaskCompletionSource().Task, // Redis is away: whoever reads waits for long
            _ => Task.CompletedTask,
        };
        var client = _gateway.Connect();
        var joining = client.SubscribeAsync(Present with { Positioned = true, Recoverable = true }, new StreamPosition(0, "e1"));
        await Wait.UntilAsync("its join", () => Channel.CallsOf<PresenceUpdate>().Count == 1);

        client.Connection.TransportEnded();
        await Wait.UntilAsync("the clean-up", () => client.Connection.SubscriptionCount == 0);
        reported.SetResult();

        await Wait.ForAsync("the end", joining);
        Assert.Equal(ErrorCode.Internal, await joining);
        await _gateway.QuietAsync();
        Assert.False(Channel.CallsOf<PresenceUpdate>()[^1].Changes[^1].Joined);
        Assert.Empty(Channel.CallsOf<RecoveryQuery>());
    }

    [Fact]
    public async Task Join_ClientGoneWhileTheSiloWasLookedFor_IsNeverReported()
    {
        var found = new TaskCompletionSource();
        Channel.Before = call => call is GatewaySubscription ? found.Task : Task.CompletedTask;
        var client = _gateway.Connect();
        var joining = client.SubscribeAsync(Present);
        await Wait.UntilAsync("the look-up", () => Channel.CallsOf<GatewaySubscription>().Count == 1);

        client.Connection.TransportEnded();
        await Wait.UntilAsync("the clean-up", () => client.Connection.SubscriptionCount == 0);
        found.SetResult();

        await Wait.ForAsync("the end", joining);
        Assert.Equal(ErrorCode.Internal, await joining);
        await _gateway.QuietAsync();
        Assert.DoesNotContain(Channel.CallsOf<PresenceUpdate>().SelectMany(update => update.Changes), change => change.Joined);
    }

    [Fact]
    public async Task Leave_IsReportedBeforeTheReply()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync(Present);

        await client.UnsubscribeAsync();

        var change = Assert.Single(Channel.CallsOf<PresenceUpdate>()[^1].Changes);
        Assert.Equal((client.Connection.Id, false), (change.Member.Info.Client, change.Joined));
    }

    [Fact]
    public async Task Leave_CallFails_IsRepeated()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync(Present);
        Channel.Before = _ => Channel.CallsOf<PresenceUpdate>().Count < 3 ? throw new TimeoutException() : Task.CompletedTask;

        var leaving = client.UnsubscribeAsync();
        await _gateway.AdvanceUntilAsync("the leave", () => leaving.IsCompleted);

        await leaving;
        Assert.Equal(3, Channel.CallsOf<PresenceUpdate>().Count);
        Assert.Single(Channel.CallsOf<GatewaySubscription>());
    }

    [Fact]
    public async Task Join_GrainDoesNotKnowTheGateway_SubscribesAgainWithAllMembers()
    {
        var first = _gateway.Connect();
        await first.SubscribeAsync(Present);
        Channel.Move("silo-2", losesStream: false);

        var second = _gateway.Connect();
        Assert.Equal(ErrorCode.None, await second.SubscribeAsync(Present));

        var members = Channel.CallsOf<GatewaySubscription>()[^1].Members!;
        Assert.Equal(2, members.Count);
        Assert.True(members.Single(m => m.Info.Client == first.Connection.Id).Reported);
        Assert.False(members.Single(m => m.Info.Client == second.Connection.Id).Reported); // its join is still to be announced
        Assert.True(_gateway.Silos.IsKnown("silo-2", 0));
    }

    [Fact]
    public async Task Join_CannotBeReported_IsMadeUpForByANewSubscription()
    {
        Channel.Before = call => call is PresenceUpdate ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        var client = _gateway.Connect();

        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(Present));

        Assert.Equal(client.Connection.Id, Assert.Single(Channel.CallsOf<GatewaySubscription>()[^1].Members!).Info.Client);
    }

    [Fact]
    public async Task Join_ChannelIsFull_GoesLiveWithoutANewSubscription()
    {
        var first = _gateway.Connect();
        await first.SubscribeAsync();
        Channel.Before = call => call is PresenceUpdate ? throw new WsClusterException(ErrorCode.LimitExceeded) : Task.CompletedTask;
        var client = _gateway.Connect();

        Assert.Equal(ErrorCode.None, await client.SubscribeAsync(Present));

        Assert.Single(Channel.CallsOf<GatewaySubscription>());
        Assert.Single(Channel.CallsOf<PresenceUpdate>());
    }

    [Fact]
    public async Task Subscribe_ReportOvertookIt_SubscribesAgainWithTheMembersOfNow()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync(Present);
        Channel.OutdatedAnswers = 1;

        _gateway.Channels.Find("news")!.Link.Rebind();
        await _gateway.QuietAsync();

        var subscriptions = Channel.CallsOf<GatewaySubscription>();
        Assert.Equal(3, subscriptions.Count);
        Assert.Equal(client.Connection.Id, Assert.Single(subscriptions[^1].Members!).Info.Client);
    }

    [Fact]
    public async Task Reports_AndSubscriptions_CountTogether()
    {
        var client = _gateway.Connect();
        await client.SubscribeAsync(Present);
        _gateway.Channels.Find("news")!.Link.Rebind();
        await _gateway.QuietAsync();
        await client.UnsubscribeAsync();

        var subscriptions = Channel.CallsOf<GatewaySubscription>().Select(s => s.Number).ToArray();
        var reports = Channel.CallsOf<PresenceUpdate>().Select(u => u.Number).ToArray();
        Assert.Equal([subscriptions[0], reports[0], subscriptions[1], reports[1]], new[] { subscriptions[0], reports[0], subscriptions[1], reports[1] }.Order());
    }

    [Fact]
    public async Task Leave_LastMember_IsReportedBeforeTheChannelIsGivenUp()
    {
        var answer = new TaskCompletionSource();
        var client = _gateway.Connect();
        await client.SubscribeAsync(Present);
        Channel.Before = call => call is PresenceUpdate ? answer.Task : Task.CompletedTask;
        client.Connection.TransportEnded();
        await Wait.UntilAsync("the leave", () => Channel.CallsOf<PresenceUpdate>().Count == 2);
        _gateway.Time.Advance(_gateway.Options.Linger * 2);
        Assert.Empty(Channel.CallsOf<Unsubscribed>());

        answer.SetResult();

        await _gateway.AdvanceUntilAsync("the unsubscribe", () => Channel.CallsOf<Unsubscribed>().Count == 1);
    }
}
