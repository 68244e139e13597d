namespace WsCluster.Load;

/// <summary>What the server's processes, and this one, used in the measured time.</summary>
internal sealed record Usage
{
    public required IReadOnlyList<ProcessStatistics> Before { get; init; }

    public required IReadOnlyList<ProcessStatistics> After { get; init; }

    public required double OwnCpuSeconds { get; init; }

    /// <summary>What everything on the machine used.</summary>
    public required double MachineCpuSeconds { get; init; }

    /// <summary>What neither the server's processes nor this one used: whoever else was at work.</summary>
    public double OtherCpuSeconds => Math.Max(0, MachineCpuSeconds - CpuSeconds - OwnCpuSeconds);

    public double CpuSeconds => After.Sum(p => p.CpuSeconds) - Before.Sum(p => p.CpuSeconds);

    /// <summary>At the end of the measured time.</summary>
    public long ResidentBytes => After.Sum(p => p.ResidentBytes);

    /// <summary>CPU seconds and memory, process by process.</summary>
    public IEnumerable<(string Name, double CpuSeconds, long ResidentBytes)> ByProcess =>
        After.Zip(Before, (after, before) => (after.Name, after.CpuSeconds - before.CpuSeconds, after.ResidentBytes));
}
