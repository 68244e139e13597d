using WsCluster.Gateway.Connections;

namespace WsCluster.Tests.Unit.Connections;

public sealed class PingScheduleTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_000_000);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(8);

    [Fact]
    public void Start_FirstPing_ComesBetweenHalfAndTheWholeInterval()
    {
        var first = Enumerable.Range(0, 200).Select(_ => Started().Next!.Value - Start).ToList();

        Assert.All(first, delay => Assert.InRange(delay, Interval / 2, Interval));
        Assert.True(first.Distinct().Count() > 1);
    }

    [Fact]
    public void OnDeadline_BeforeTheFirstPing_IsNothing() =>
        Assert.Equal(PingAction.None, Started().OnDeadline(Start + TimeSpan.FromSeconds(9)));

    [Fact]
    public void OnDeadline_PongInTime_PingsEveryInterval()
    {
        var schedule = Started();
        var at = schedule.Next!.Value;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(PingAction.Ping, schedule.OnDeadline(at));
            Assert.Equal(at + PongTimeout, schedule.Next);
            Assert.True(schedule.TryPong());
            Assert.Equal(PingAction.None, schedule.OnDeadline(at + PongTimeout));
            Assert.Equal(at + Interval, schedule.Next);
            at += Interval;
        }
    }

    [Fact]
    public void OnDeadline_NoPongExpected_PingsOn()
    {
        var schedule = new PingSchedule(Interval, PongTimeout, expectsPongs: false);
        schedule.Start(Start);
        var at = schedule.Next!.Value;
        for (var i = 0; i < 3; i++, at += Interval)
        {
            Assert.Equal(PingAction.Ping, schedule.OnDeadline(at));
            Assert.Equal(at + Interval, schedule.Next);
        }
    }

    [Fact]
    public void OnDeadline_NoPongInTime_SaysSo()
    {
        var schedule = Started();
        var at = schedule.Next!.Value;
        schedule.OnDeadline(at);

        Assert.Equal(PingAction.None, schedule.OnDeadline(at + PongTimeout - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(PingAction.NoPong, schedule.OnDeadline(at + PongTimeout));
    }

    [Fact]
    public void OnDeadline_CommandUnderWay_DoesNotCountAgainstTheClient()
    {
        var schedule = Started();
        var pinged = schedule.Next!.Value;
        schedule.Hold(pinged - TimeSpan.FromSeconds(1));
        schedule.OnDeadline(pinged);

        Assert.Equal(PingAction.None, schedule.OnDeadline(pinged + PongTimeout));
        var released = pinged + PongTimeout + TimeSpan.FromSeconds(2);
        schedule.Release(released);

        Assert.Equal(released + PongTimeout, schedule.Next);
        Assert.Equal(PingAction.None, schedule.OnDeadline(released + PongTimeout - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(PingAction.NoPong, schedule.OnDeadline(released + PongTimeout));
    }

    [Fact]
    public void OnDeadline_CommandUnderWayForALongTime_PingsNoSecondTime()
    {
        var schedule = Started();
        var pinged = schedule.Next!.Value;
        schedule.OnDeadline(pinged);
        schedule.Hold(pinged);

        Assert.Equal(PingAction.None, schedule.OnDeadline(pinged + Interval));
        Assert.Equal(PingAction.None, schedule.OnDeadline(pinged + (2 * Interval)));
        schedule.Release(pinged + (2 * Interval));

        Assert.True(schedule.TryPong());
    }

    [Fact]
    public void TryPong_WithoutPing_IsRefused()
    {
        var schedule = Started();
        Assert.False(schedule.TryPong());

        schedule.OnDeadline(schedule.Next!.Value);

        Assert.True(schedule.TryPong());
        Assert.False(schedule.TryPong());
    }

    [Fact]
    public void ShouldReschedule_OtherWakeUp_IsFalse()
    {
        var schedule = Started();
        var at = schedule.Next!.Value;
        Assert.False(schedule.ShouldReschedule(at - TimeSpan.FromSeconds(1)));

        Assert.True(schedule.ShouldReschedule(at));
        schedule.OnDeadline(at);
        _ = schedule.Next;

        Assert.False(schedule.ShouldReschedule(at));
    }

    [Fact]
    public void NoInterval_NothingIsEverDue()
    {
        var schedule = new PingSchedule(TimeSpan.Zero, PongTimeout);
        schedule.Start(Start);

        Assert.Null(schedule.Next);
        Assert.Equal(PingAction.None, schedule.OnDeadline(Start + TimeSpan.FromDays(1)));
        Assert.False(schedule.ShouldReschedule(Start + TimeSpan.FromDays(1)));
        Assert.False(schedule.TryPong());
    }

    private static PingSchedule Started()
    {
        var schedule = new PingSchedule(Interval, PongTimeout);
        schedule.Start(Start);
        return schedule;
    }
}
