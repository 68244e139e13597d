using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Authorization;
using WsCluster.Grains.Revocations;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Authorization;

public sealed class RevocationListTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly RevocationList _list;

    public RevocationListTests() => _list = new RevocationList(_time);

    [Theory]
    // user and session of the revocation; user, session and age in seconds of the token
    [InlineData("7", "", "7", "", 1, true)]
    [InlineData("7", "", "7", "s", 1, true)]
    [InlineData("7", "", "7", "", 0, false)]
    [InlineData("7", "", "7", "", -1, false)]
    [InlineData("7", "", "8", "", 1, false)]
    [InlineData("7", "", "", "", 1, false)]
    [InlineData("7", "s", "7", "s", 1, true)]
    [InlineData("7", "s", "7", "t", 1, false)]
    [InlineData("7", "s", "7", "", 1, false)]
    [InlineData("7", "s", "8", "s", 1, false)]
    [InlineData("", "s", "8", "s", 1, true)]
    [InlineData("", "s", "", "s", 1, true)]
    [InlineData("", "", "8", "", 1, true)]
    [InlineData("", "", "", "", 1, true)]
    [InlineData("", "", "8", "t", 0, false)]
    public void IsRevoked_ByUserSessionAndTime(string revokedUser, string revokedSession, string user, string session, int age, bool expected)
    {
        _list.Add([new Revocation { User = revokedUser, Session = revokedSession, IssuedBefore = Now }]);

        Assert.Equal(expected, _list.IsRevoked(user, session, Now.AddSeconds(-age)));
        Assert.False(_list.IsChannelRevoked(user, "c", null));
    }

    [Fact]
    public void IsRevoked_TokenWithoutItsTime_CountsAsOld()
    {
        _list.Add([new Revocation { User = "7", IssuedBefore = DateTimeOffset.UnixEpoch }]);

        Assert.True(_list.IsRevoked("7", "", issuedAt: null));
    }

    [Fact]
    public void IsRevoked_Twice_TheLaterTimeCounts()
    {
        _list.Add([new Revocation { User = "7", IssuedBefore = Now }, new Revocation { User = "7", IssuedBefore = Now.AddHours(-1) }]);

        Assert.True(_list.IsRevoked("7", "", Now.AddMinutes(-1)));
    }

    [Fact]
    public void IsChannelRevoked_OnlyTheUsersRightToThatChannel()
    {
        _list.Add([new Revocation { User = "7", Channel = "c", IssuedBefore = Now }, new Revocation { Channel = "d", IssuedBefore = Now }]);

        Assert.True(_list.IsChannelRevoked("7", "c", null));
        Assert.True(_list.IsChannelRevoked("7", "c", Now.AddSeconds(-1)));
        Assert.False(_list.IsChannelRevoked("7", "c", Now));
        Assert.False(_list.IsChannelRevoked("8", "c", null));
        Assert.False(_list.IsChannelRevoked("7", "e", null));
        Assert.True(_list.IsChannelRevoked("8", "d", null));
        Assert.False(_list.IsRevoked("7", "", null));
    }

    [Fact]
    public void Add_WhatIsOver_IsDropped()
    {
        _list.Add([new Revocation { User = "7", KeepUntil = Now.AddMinutes(1) }]);
        Assert.True(_list.IsRevoked("7", "", Now));

        _time.Advance(TimeSpan.FromMinutes(1));
        _list.Add([new Revocation { User = "8", KeepUntil = Now.AddMinutes(2) }]);

        Assert.False(_list.IsRevoked("7", "", Now));
        Assert.Equal(1, _list.Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_list.IsRevoked("8", "", Now)); // nothing looked at the time yet
        _list.Prune();
        Assert.False(_list.IsRevoked("8", "", Now));

        _list.Add([new Revocation { User = "9" }]);
        _list.Prune();
        Assert.Equal(1, _list.Count);
        _list.Add([], anew: true);
        Assert.Equal(0, _list.Count);
    }

    [Fact]
    public void Read_InPages_GivesEverythingOnceAndInOrder()
    {
        var log = new RevocationLog(20_000, _time);
        for (var i = 0; i < 12_000; i++)
        {
            Assert.True(log.TryAdd(new Revocation { User = $"{i}", KeepUntil = Now.AddHours(1) }));
        }

        var (id, last, users) = (Guid.Empty, 99L, new List<string>());
        RevocationPage page;
        do
        {
            page = log.Read(id, last);
            (id, last) = (page.Log, page.Last);
            users.AddRange(page.Revocations.Select(r => r.User));
        }
        while (page.HasMore);

        Assert.Equal(Enumerable.Range(0, 12_000).Select(i => $"{i}"), users);
        Assert.Empty(log.Read(id, last).Revocations);
        log.TryAdd(new Revocation { User = "new", KeepUntil = Now.AddHours(1) });
        Assert.Equal("new", Assert.Single(log.Read(id, last).Revocations).User);
    }

    [Fact]
    public void TryAdd_Full_TakesMoreOnlyWhenSomeAreOver()
    {
        var log = new RevocationLog(2, _time);
        Assert.True(log.TryAdd(new Revocation { User = "1", KeepUntil = Now.AddMinutes(1) }));
        Assert.True(log.TryAdd(new Revocation { User = "2", KeepUntil = Now.AddMinutes(9) }));
        Assert.False(log.TryAdd(new Revocation { User = "3", KeepUntil = Now.AddMinutes(9) }));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(log.TryAdd(new Revocation { User = "3", KeepUntil = Now.AddMinutes(9) }));
        Assert.Equal(["2", "3"], log.Read(Guid.Empty, 0).Revocations.Select(r => r.User));
    }

    /// <summary>What a gateway needs to follow, at worst: a wait, a read that fails, another wait and a read.</summary>
    [Fact]
    public void Bound_HoldsForAReadThatFailsOnce() => Assert.True(
        IRevocationGrain.ReadEvery + IRevocationGrain.ReadTimeout + IRevocationGrain.ReadEvery < IRevocationGrain.Bound);
}
