using System.Diagnostics;

namespace WsCluster.Tests.Chaos.Load;

/// <summary>Says when the next publication is due, whatever became of the last: a slow server does not slow the load.</summary>
internal static class OpenLoop
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(10);

    /// <summary>Calls <paramref name="publish"/> that often a second until stopped. It must not wait.</summary>
    public static async Task RunAsync(int rate, Action publish, CancellationToken stop)
    {
        if (rate == 0)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        var done = 0L;
        using var timer = new PeriodicTimer(Round);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * rate);
                if (due - done > rate)
                {
                    done = due - rate; // this process itself was away: more than a second is not made up for
                }

                for (; done < due; done++)
                {
                    publish();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }
}
