using System.Diagnostics;
using System.Globalization;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>
/// Tries a property on random inputs for a while: WSCLUSTER_FUZZ_SECONDS each (2 by default), from a seed that is new in every
/// run. A failure names the seed of its one input: WSCLUSTER_SEED=n begins with it.
/// </summary>
internal static class FuzzRun
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(Read("WSCLUSTER_FUZZ_SECONDS") ?? 2);

    /// <summary>Runs the property until time is up; returns how often.</summary>
    /// <param name="property">Gets what makes its input, and asserts.</param>
    /// <param name="atLeast">How often it must have run, however slow the machine is.</param>
    public static int Try(Action<Random> property, int atLeast = 1000)
    {
        var seed = Read("WSCLUSTER_SEED") ?? Random.Shared.Next();
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; count < atLeast || clock.Elapsed < Budget; count++)
        {
            var input = unchecked(seed + count);
            try
            {
                property(new Random(input));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"WSCLUSTER_SEED={input} fails: {e.Message}", e);
            }
        }

        return count;
    }

    private static int? Read(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : null;
}
