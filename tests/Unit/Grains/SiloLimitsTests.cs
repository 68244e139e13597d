using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Configuration;
using WsCluster.Grains;
using WsCluster.Grains.Channels;
using WsCluster.Grains.History;
using WsCluster.Grains.History.Redis;
using WsCluster.Grains.Limits;
using WsCluster.Grains.Users;
using WsCluster.Routing;

namespace WsCluster.Tests.Unit.Grains;

/// <summary>What becomes of things that grow when the silo as a whole holds as much as it may.</summary>
public sealed class SiloLimitsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Allowance_TryTake_GivesNothingPastTheLimit()
    {
        var allowance = new Allowance(10);

        Assert.True(allowance.TryTake(10));
        Assert.False(allowance.TryTake(1));
        Assert.Equal(10, allowance.Used);
        allowance.Return(1);
        Assert.True(allowance.TryTake(1));
        Assert.False(allowance.IsOver);
        allowance.Take(1);
        Assert.True(allowance.IsOver);
    }

    [Fact]
    public void History_PastTheChannelsBytes_DropsTheOldestButNeverTheNewest()
    {
        var dropped = 0;
        var history = new ChannelHistory(100, TimeSpan.FromMinutes(1), _time, maxBytes: 3000, onEarlyDrop: () => dropped++);

        for (var i = 1UL; i <= 5; i++)
        {
            history.Append(Publication(i, 1000));
        }

        Assert.Equal([4UL, 5UL], history.ReadAfter(0, -1).Select(publication => publication.Offset));
        Assert.Equal(3, dropped);
        history.Append(Publication(6, 10_000));
        Assert.Equal([6UL], history.ReadAfter(0, -1).Select(publication => publication.Offset));
    }

    [Fact]
    public void History_PastTheSilosBytes_DropsAsMuchAsItAdds()
    {
        var silo = new Allowance(5000);
        var first = new ChannelHistory(100, TimeSpan.FromMinutes(1), _time, silo: silo);
        var second = new ChannelHistory(100, TimeSpan.FromMinutes(1), _time, silo: silo);
        for (var i = 1UL; i <= 4; i++)
        {
            first.Append(Publication(i, 1000));
        }

        second.Append(Publication(1, 1000)); // its only one stays
        second.Append(Publication(2, 1000));
        first.Append(Publication(5, 1000));

        Assert.Equal([2UL], second.ReadAfter(0, -1).Select(publication => publication.Offset));
        Assert.Equal([2UL, 3UL, 4UL, 5UL], first.ReadAfter(0, -1).Select(publication => publication.Offset));
        first.Clear();
        second.Clear();
        Assert.Equal(0, silo.Used);
    }

    [Fact]
    public void History_ThatDropsForItsSizeOrTime_GivesItsBytesBack()
    {
        var silo = new Allowance(1_000_000);
        var history = new ChannelHistory(2, TimeSpan.FromMinutes(1), _time, silo: silo);
        for (var i = 1UL; i <= 5; i++)
        {
            history.Append(Publication(i, 1000));
        }

        Assert.Equal(2 * StreamSize.Of(Publication(1, 1000)), silo.Used);
        _time.Advance(TimeSpan.FromMinutes(2));
        history.Trim();
        Assert.Equal(0, silo.Used);
    }

    [Fact]
    public void Tail_PastTheSilosBytes_KeepsNothing()
    {
        var silo = new Allowance(500);
        var tail = new StreamTail(64 * 1024, new ChannelOptions { HistorySize = 100, HistoryTtl = TimeSpan.FromMinutes(1) }, _time, silo);

        tail.Add(Publication(1, 1000));

        Assert.Null(tail.Latest());
        Assert.Equal(0, silo.Used);
        tail.Close();
        tail.Add(Publication(2, 10));
        Assert.Equal(0, silo.Used);
    }

    [Fact]
    public void Idempotency_PastTheSilosKeys_ForgetsItsOldest()
    {
        var silo = new Allowance(3);
        var forgotten = 0;
        var first = new IdempotencyWindow(_time, () => forgotten++, silo);
        var second = new IdempotencyWindow(_time, () => forgotten++, silo);
        first.Add("a", default);
        first.Add("b", default);
        second.Add("c", default);

        first.Add("d", default);

        Assert.False(first.TryGet("a", out _));
        Assert.True(first.TryGet("b", out _));
        Assert.True(second.TryGet("c", out _));
        Assert.Equal(1, forgotten);
        first.Clear();
        second.Clear();
        Assert.Equal(0, silo.Used);
    }

    [Fact]
    public void AppendQueue_PastTheSilosBytes_RefusesUntilOthersAreDone()
    {
        var silo = new Allowance(1500);
        var metrics = new GrainMetrics(_services.GetRequiredService<IMeterFactory>());
        var first = new AppendQueue(new RedisHistoryOptions(), metrics, silo);
        var second = new AppendQueue(new RedisHistoryOptions(), metrics, silo);
        first.Add(new PublishRequest { Data = new byte[1000] });

        var refusal = Assert.Throws<WsClusterException>(() => second.Add(new PublishRequest { Data = new byte[1000] }));

        Assert.Equal(ErrorCode.TooManyRequests, refusal.Code);
        Assert.NotNull(first.Take());
        first.Finish();
        Assert.Equal(0, silo.Used);
        second.Add(new PublishRequest { Data = new byte[1000] });
    }

    [Fact]
    public void Presence_PastTheSilosMembers_RefusesTheJoin()
    {
        var silo = new Allowance(2);
        var first = new ChannelPresence(silo: silo);
        var second = new ChannelPresence(silo: silo);
        first.Replace("g", [Member("a"), Member("b")]);

        Assert.Equal(1, second.Replace("g", [Member("c")]).Refused);
        first.Apply("g", [new PresenceChange(Member("a"), false)]);
        Assert.Equal(0, second.Replace("g", [Member("c")]).Refused);

        first.Close();
        second.Close();
        Assert.Equal(0, silo.Used);
    }

    [Fact]
    public void Sessions_PastTheSilosSessions_AreRefusedUnlessTheyExistAlready()
    {
        var silo = new Allowance(1);
        var first = new UserSessions(0, silo);
        var second = new UserSessions(0, silo);

        Assert.True(first.TryAdd(Session("a")));
        Assert.True(first.TryAdd(Session("a")));
        Assert.False(second.TryAdd(Session("b")));
        second.Replace("g", [Session("b"), Session("c")]);
        Assert.Equal(3, silo.Used);

        second.RemoveGateway("g");
        first.Remove("a", "g");
        Assert.Equal(0, silo.Used);
    }

    private static Publication Publication(ulong offset, int bytes) => new() { Offset = offset, Data = new byte[bytes] };

    private static PresenceMember Member(string client) =>
        new() { Info = new ClientInfo { Client = client, User = "u" }, Presence = true, JoinLeave = false };

    private static UserSession Session(string client) => new() { Client = client, GatewayId = "g", ConnectedAt = DateTimeOffset.UnixEpoch };
}
