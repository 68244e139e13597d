namespace WsCluster.Tests.Chaos.Reporting;

/// <summary>How busy the machine is, without which no time means anything.</summary>
internal static class Machine
{
    /// <summary>Cores and the load averages of 1, 5 and 15 minutes.</summary>
    public static string Describe() =>
        $"{Environment.ProcessorCount} cores, load average {string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3))}";
}
