using System.Globalization;

namespace WsCluster.Load;

/// <summary>A process's CPU time so far and its resident memory, from /proc.</summary>
internal sealed record ProcessStatistics(int Pid, string Name, double CpuSeconds, long ResidentBytes)
{
    /// <summary>What /proc counts CPU time in.</summary>
    public const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    public static ProcessStatistics Read(int pid)
    {
        try
        {
            // The second field is the program in parentheses, which may hold spaces; utime and stime are fields 14 and 15.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var cpu = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            var pages = long.Parse(fields[21], CultureInfo.InvariantCulture);
            return new ProcessStatistics(pid, ReadName(pid), cpu / TicksPerSecond, pages * Environment.SystemPageSize);
        }
        catch (IOException)
        {
            throw new LoadException($"Process {pid} (--server-pid) is not running on this machine, or /proc cannot be read.");
        }
    }

    // "dotnet …/WsCluster.Silo.dll …" is the silo, not dotnet.
    private static string ReadName(int pid)
    {
        var arguments = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        var assembly = arguments.Take(2).FirstOrDefault(a => a.EndsWith(".dll", StringComparison.Ordinal));
        return assembly is not null ? Path.GetFileNameWithoutExtension(assembly) : Path.GetFileName(arguments[0].Split(' ')[0]);
    }
}
