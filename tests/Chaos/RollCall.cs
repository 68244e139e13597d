using System.Diagnostics;
using WsCluster.Tests.Chaos.Check;
using WsCluster.Tests.Chaos.Load;

namespace WsCluster.Tests.Chaos;

/// <summary>
/// Publishes to every channel and waits until every client that is subscribed has it: nobody is left behind in silence. What is
/// published may fail while a fault is being overcome, or its stream may begin anew, so it is repeated.
/// </summary>
internal static class RollCall
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RepeatEvery = TimeSpan.FromSeconds(5);

    /// <summary>Returns who did not answer: none is good.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(ChaosLoad load)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var calls = await Task.WhenAll(load.Channels.Open.Select(c => load.RollCaller.PublishAsync(c)));
            var called = Stopwatch.GetTimestamp();
            IReadOnlyList<string> silent;
            do
            {
                await Task.Delay(50);
                silent = FindSilent(load, calls);
                if (silent.Count == 0)
                {
                    return [];
                }
            }
            while (Stopwatch.GetElapsedTime(called) < RepeatEvery);
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                return silent;
            }
        }
    }

    private static List<string> FindSilent(ChaosLoad load, PublishRecord[] calls)
    {
        var silent = new List<string>();
        foreach (var call in calls)
        {
            if (call.Outcome != PublishOutcome.Acknowledged)
            {
                silent.Add($"{call.Channel}: the publish itself");
                continue;
            }

            silent.AddRange(load.Clients.Where(c => !c.HasReached(call.Channel, call.Epoch!, call.Offset)).Select(c => $"{call.Channel}: {c.Name}"));
        }

        return silent;
    }
}
