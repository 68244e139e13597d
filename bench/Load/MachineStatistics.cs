using System.Globalization;

namespace WsCluster.Load;

/// <summary>The whole machine's CPU time, from /proc.</summary>
internal static class MachineStatistics
{
    /// <summary>CPU seconds that all processes have used so far, those of interrupts included.</summary>
    public static double ReadCpuSeconds()
    {
        // "cpu  user nice system idle iowait irq softirq steal …"
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] busy = [1, 2, 3, 6, 7];
        return busy.Sum(i => long.Parse(fields[i], CultureInfo.InvariantCulture)) / ProcessStatistics.TicksPerSecond;
    }
}
