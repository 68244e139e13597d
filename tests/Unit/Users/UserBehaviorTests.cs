using System.Text;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Behaviors.Testing;

namespace WsCluster.Tests.Unit.Users;

public sealed class UserBehaviorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _seen = [];
    private readonly int[] _mailFailures = [0];
    private readonly BehaviorTestUser _user;

    public UserBehaviorTests() =>
        _user = new BehaviorTestUser(() => new ShopUser { Seen = _seen, MailFailures = _mailFailures }, "anna", _time, TimeSpan.FromMinutes(30));

    public ValueTask DisposeAsync() => _user.DisposeAsync();

    [Fact]
    public async Task Connect_Decision_HasChannelsAndData()
    {
        var (decision, admitted) = await _user.ConnectAsync("phone");

        Assert.True(admitted);
        Assert.Equal(["orders:anna"], decision.Channels!.Keys);
        Assert.Equal("""{"connects":1}""", Encoding.UTF8.GetString(decision.Data!));
        Assert.Equal("phone", Assert.Single(_user.Commands).Client);
    }

    [Fact]
    public async Task Connect_AboveTheLimitOfTheBehavior_IsNotLetIn()
    {
        await _user.ConnectAsync("a");
        await _user.ConnectAsync("b");
        Assert.False((await _user.ConnectAsync("c")).Admitted);
        await _user.DisconnectAsync("a");
        Assert.True((await _user.ConnectAsync("c")).Admitted);

        Assert.Equal(["+a", "+b", "-a of 2", "+c"], _seen);
    }

    [Fact]
    public async Task Connect_Refused_HasTheCode()
    {
        var (decision, admitted) = await _user.ConnectAsync("phone", "banned");

        Assert.Equal((4403, false), (decision.Denial!.Code, admitted));
        Assert.Empty(_user.Sessions);
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("flood")]
    [InlineData("grow")]
    public async Task Connect_BehaviorFails_IsAnErrorAndLeavesTheStateAsItWas(string failure)
    {
        await _user.ConnectAsync("a");

        var error = await Assert.ThrowsAsync<WsClusterException>(() => _user.ConnectAsync("b", failure));

        Assert.False(error.IsTemporary);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Equal("""{"connects":2}""", Encoding.UTF8.GetString((await _user.ConnectAsync("c")).Decision.Data!));
        Assert.Equal(2, _user.Commands.Count); // none of the flood
    }

    [Fact]
    public async Task Connect_BehaviorHangs_IsATemporaryErrorAndTheNextInstanceGoesOn()
    {
        var hanging = _user.ConnectAsync("a", "hang");
        await Wait.UntilAsync("the time-out", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return hanging.IsCompleted;
        });

        Assert.True((await Assert.ThrowsAsync<WsClusterException>(() => hanging)).IsTemporary);
        Assert.Equal("""{"connects":1}""", Encoding.UTF8.GetString((await _user.ConnectAsync("b")).Decision.Data!));
    }

    [Fact]
    public async Task State_Restart_GoesOn()
    {
        await _user.ConnectAsync("a");
        _user.Restart();

        Assert.Equal("""{"connects":2}""", Encoding.UTF8.GetString((await _user.ConnectAsync("b")).Decision.Data!));
        Assert.Equal(["a", "b"], _user.Sessions.Select(session => session.Client));
    }

    [Fact]
    public async Task Inbox_Read_CountsAndNeverGoesBack()
    {
        for (var i = 1; i <= 5; i++)
        {
            await _user.SendAsync(i);
        }

        Assert.Equal(5UL, (await _user.GetInboxAsync()).Unread);
        Assert.Equal(2UL, (await _user.ReadAsync(3)).Unread);
        Assert.Equal(2UL, (await _user.ReadAsync(1)).Unread);
        _user.Restart();
        Assert.Equal((3UL, 2UL), (await _user.GetInboxAsync()) is var state ? (state.ReadUpTo, state.Unread) : default);
        Assert.Equal(0UL, (await _user.ReadAsync(99)).Unread);
    }

    [Fact]
    public async Task Unread_LongEnough_IsToldOnce()
    {
        await _user.SendAsync("a");
        await AdvanceAsync(20);
        await _user.SendAsync("b");
        Assert.Empty(_seen);
        await AdvanceAsync(10);
        await AdvanceAsync(120);

        Assert.Equal(["mail 1: 2 unread, new \"a\",\"b\""], _seen);

        await _user.SendAsync("c");
        await AdvanceAsync(120);
        Assert.Equal("mail 2: 3 unread, new \"c\"", _seen[^1]);
        Assert.Equal(2, _seen.Count);
    }

    [Fact]
    public async Task Unread_MoreThanOneCallTakes_IsToldInSeveral()
    {
        for (var i = 1; i <= 250; i++)
        {
            await _user.SendAsync(i);
        }

        await AdvanceAsync(90);

        Assert.Equal(Enumerable.Range(1, 250), _seen.SelectMany(mail => mail.Split("new ")[1].Split(',')).Select(int.Parse));
        Assert.Equal(3, _seen.Count);
    }

    [Fact]
    public async Task Unread_ReadInTime_IsNotTold()
    {
        await _user.SendAsync("a");
        await AdvanceAsync(29);
        await _user.ReadAsync(1);
        await AdvanceAsync(120);

        Assert.Empty(_seen);
    }

    [Fact]
    public async Task Unread_CameAfterAllWasRead_HasItsOwnTime()
    {
        await _user.SendAsync("a");
        await AdvanceAsync(28);
        await _user.ReadAsync(1);
        await _user.SendAsync("b");
        await AdvanceAsync(29);
        Assert.Empty(_seen); // the reminder of the first was due, the second is not unread for long
        await AdvanceAsync(31);

        Assert.Equal(["mail 1: 1 unread, new \"b\""], _seen);
    }

    [Fact]
    public async Task Unread_BehaviorFails_IsToldAgainWithTheStateAsItWas()
    {
        _mailFailures[0] = 2;
        await _user.SendAsync("a");
        _user.Restart();
        await AdvanceAsync(30);
        await AdvanceAsync(120);

        Assert.Equal(Enumerable.Repeat("mail 1: 1 unread, new \"a\"", 3), _seen);
    }

    private async Task AdvanceAsync(int minutes)
    {
        for (var i = 0; i < minutes; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await _user.IdleAsync();
        }
    }
}
