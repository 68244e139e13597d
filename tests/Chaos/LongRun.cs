using System.Globalization;
using WsCluster.Tests.Chaos.Faults;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos;

/// <summary>
/// A long run with all faults, started by run.sh. CHAOS_MINUTES, CHAOS_SEED, CHAOS_CONNECTIONS and CHAOS_RATE say how long and how
/// much; CHAOS_FAULTS: only faults whose names contain one of these, separated by commas, again and again.
/// </summary>
public sealed class LongRun
{
    [Fact(Explicit = true)]
    public Task Run()
    {
        var seed = Read("CHAOS_SEED", Random.Shared.Next(1_000_000));
        var rate = Read("CHAOS_RATE", 120);
        return ChaosRun.ExecuteAsync(new RunPlan
        {
            Seed = seed,
            Faults = FaultCatalog.Schedule(Selection(), seed, TimeSpan.FromMinutes(Read("CHAOS_MINUTES", 10))),
            Load = new LoadSettings { Subscribers = Read("CHAOS_CONNECTIONS", 1000), HttpRate = rate / 2, SocketRate = rate / 2 },
        });
    }

    private static IReadOnlyList<IFault> Selection()
    {
        if (Environment.GetEnvironmentVariable("CHAOS_FAULTS") is not { Length: > 0 } wanted)
        {
            return FaultCatalog.All;
        }

        var names = wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var selection = FaultCatalog.All.Where(f => names.Any(n => f.Name.Contains(n, StringComparison.OrdinalIgnoreCase))).ToList();
        return selection.Count > 0
            ? selection
            : throw new ArgumentException($"CHAOS_FAULTS names no fault. There are: {string.Join(", ", FaultCatalog.All.Select(f => f.Name))}");
    }

    private static int Read(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
