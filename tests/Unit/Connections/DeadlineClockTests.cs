using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsCluster.Gateway.Connections;

namespace WsCluster.Tests.Unit.Connections;

public sealed class DeadlineClockTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly DeadlineClock _clock;
    private readonly DateTimeOffset _start;

    public DeadlineClockTests()
    {
        _clock = new DeadlineClock(_time, NullLogger<DeadlineClock>.Instance);
        _start = _clock.Now;
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 200)]
    [InlineData(250, 300)]
    [InlineData(0, 100)]
    [InlineData(-5_000, 100)]
    [InlineData(102_400, 102_400)] // the same bucket as the start
    [InlineData(250_000, 250_000)] // more than two rounds of buckets
    public void Schedule_Wakes_AtTheNextTick(int wantedMilliseconds, int expectedMilliseconds)
    {
        var deadline = new Deadline();
        _clock.Schedule(deadline, After(wantedMilliseconds));

        Advance(expectedMilliseconds - 1);
        Assert.Empty(deadline.Woken);
        Advance(1);

        Assert.Equal([After(expectedMilliseconds)], deadline.Woken);
        Advance(300_000);
        Assert.Single(deadline.Woken);
    }

    [Fact]
    public void Schedule_AfterAJumpOfTheClock_WakesAllThatIsDue()
    {
        var deadlines = Enumerable.Range(1, 50).Select(_ => new Deadline()).ToList();
        for (var i = 0; i < deadlines.Count; i++)
        {
            _clock.Schedule(deadlines[i], After((i + 1) * 5_000));
        }

        _time.Advance(TimeSpan.FromSeconds(125));

        Assert.Equal(25, deadlines.Count(d => d.Woken.Count == 1));
    }

    [Fact]
    public void OnDeadline_ReturnsATime_IsWokenAgain()
    {
        var deadline = new Deadline { Again = new([After(500), After(500), null]) };
        _clock.Schedule(deadline, After(200));

        for (var i = 0; i < 10; i++)
        {
            Advance(100);
        }

        // The second time had come already when it was asked for: the next tick.
        Assert.Equal([After(200), After(500), After(600)], deadline.Woken);
    }

    [Fact]
    public void Schedule_Twice_WakesTwice()
    {
        var deadline = new Deadline();
        _clock.Schedule(deadline, After(200));
        _clock.Schedule(deadline, After(200));

        Advance(200);

        Assert.Equal(2, deadline.Woken.Count);
    }

    [Fact]
    public void Schedule_AtTheEndOfTime_IsNeverWoken()
    {
        var deadline = new Deadline();
        _clock.Schedule(deadline, DateTimeOffset.MaxValue);

        Advance(300_000);

        Assert.Empty(deadline.Woken);
    }

    public void Dispose() => _clock.Dispose();

    private DateTimeOffset After(int milliseconds) => _start + TimeSpan.FromMilliseconds(milliseconds);

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private sealed class Deadline : IDeadline
    {
        public List<DateTimeOffset> Woken { get; } = [];

        public Queue<DateTimeOffset?> Again { get; init; } = new();

        public DateTimeOffset? OnDeadline(DateTimeOffset now)
        {
            Woken.Add(now);
            return Again.TryDequeue(out var next) ? next : null;
        }
    }
}
