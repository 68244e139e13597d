namespace WsCluster.Tests.Simulation;

/// <summary>
/// Many schedules of the whole cluster: a fixed set, which every change must pass, so that who breaks something is who hears of it.
/// Other sets are for long searches: <see cref="Runs.FirstVariable"/> and <see cref="Runs.CountVariable"/>.
/// </summary>
public sealed class ScheduleTests(ITestOutputHelper output)
{
    private const int Count = 100_000;

    [Fact]
    public void Schedules_NoInvariantBreaks()
    {
        if (Runs.Number(Runs.SeedVariable) is { } seed)
        {
            Replay(seed);
            return;
        }

        Check(Runs.Number(Runs.FirstVariable) ?? 0, Runs.Number(Runs.CountVariable) ?? Count);
    }

    [Fact]
    public async Task Schedule_SameSeed_SameTrace()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var (first, second) = (new Schedule(seed, traces: true), new Schedule(seed, traces: true));
            first.Run();
            await Task.Run(second.Run, TestContext.Current.CancellationToken); // on another thread, to be sure that none matters

            Assert.Equal(first.Trace, second.Trace);
            Assert.Equal(first.Steps, second.Steps);
        }
    }

    [Fact]
    public void Schedule_OtherSeed_OtherTrace()
    {
        var (first, second) = (new Schedule(1, traces: true), new Schedule(2, traces: true));
        first.Run();
        second.Run();

        Assert.NotEqual(first.Trace, second.Trace);
    }

    private void Check(int first, int count)
    {
        var start = Environment.TickCount64;
        var fault = Runs.FindFault(first, count);
        output.WriteLine($"schedules {first} to {first + count - 1} in {Environment.TickCount64 - start} ms");
        Assert.True(fault is null, fault is var (seed, reason) ? Runs.Describe(seed, reason) : "");
    }

    private void Replay(int seed)
    {
        var schedule = new Schedule(seed, traces: true);
        var fault = schedule.Run();
        output.WriteLine(string.Join('\n', schedule.Trace));
        Assert.True(fault is null, $"{Runs.SeedVariable}={seed}: {fault}");
    }
}
