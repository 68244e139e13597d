using System.Collections.Concurrent;
using System.Globalization;
using WsCluster.Tests.Simulation.World;

namespace WsCluster.Tests.Simulation;

/// <summary>Runs many schedules on all cores.</summary>
internal static class Runs
{
    /// <summary>The environment variable that names the one seed to run, with its trace.</summary>
    public const string SeedVariable = "WSCLUSTER_SEED";

    /// <summary>The environment variable that says how many schedules to run.</summary>
    public const string CountVariable = "WSCLUSTER_SCHEDULES";

    /// <summary>The environment variable with the first of the seeds to run; zero when it is not set.</summary>
    public const string FirstVariable = "WSCLUSTER_FIRST_SEED";

    /// <summary>The number in an environment variable; null when it is not set.</summary>
    public static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Runs schedules until one fails; those that had begun by then still end, and the failing one with the lowest seed is the result.</summary>
    public static (int Seed, string Fault)? FindFault(int first, int count, Func<Tampering>? tampering = null)
    {
        var faults = new ConcurrentDictionary<int, string>();
        Parallel.For(0, count, (i, state) =>
        {
            if (!state.ShouldExitCurrentIteration && new Schedule(first + i, tampering?.Invoke()).Run() is { } fault)
            {
                faults[first + i] = fault;
                state.Break();
            }
        });

        return faults.IsEmpty ? null : faults.Select(f => (f.Key, f.Value)).Min();
    }

    /// <summary>What to tell about a fault: how to see it again, and the end of its trace.</summary>
    public static string Describe(int seed, string fault)
    {
        const int Lines = 60;
        var schedule = new Schedule(seed, traces: true);
        var again = schedule.Run();
        return $"""
            {SeedVariable}={seed}: {fault}
            Replay it with its whole trace: {SeedVariable}={seed} tests/Simulation/bin/Release/net10.0/WsCluster.Tests.Simulation -showLiveOutput -method '*.Schedules_*'
            {(again == fault ? "" : $"The replay ended differently: {again ?? "without a fault"}\n")}{string.Join('\n', schedule.Trace.TakeLast(Lines))}
            """;
    }
}
